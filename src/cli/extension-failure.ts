import { notRead } from '../guide/check/reading.ts';
import { KubeError } from '../kube/errors.ts';
import { checkJson } from './check-json.ts';
import { CommandError } from './command-error.ts';
import { UsageError } from './pflag.ts';

/**
 * What linkerd gets when its extension could not check at all: a failed check in the one JSON object that it expects,
 * because it shows nothing of what else an extension says.
 */
export function failedCheck(error: unknown): string {
  return checkJson(notRead(messageOf(error)));
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const isExpected =
    error instanceof KubeError || error instanceof CommandError || error instanceof UsageError;
  return isExpected
    ? message
    : `the check stopped because of an error of its own; please report it: ${message}`;
}
