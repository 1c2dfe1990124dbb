import type { ServerResponse } from 'node:http';
import { jsonBytes } from '../encode/object-bytes.ts';
import { type Answer, send } from './answer.ts';
import type { Fault } from './faults.ts';

/** A fault that takes the place of the request: nothing is read and nothing changed. */
export type Substitute = Extract<Fault, { kind: 'respond' } | { after: 'nothing' }>;

/** Whether a fault strikes before the request is served. */
export function isSubstitute(fault: Fault | undefined): fault is Substitute {
  if (fault === undefined) return false;
  if (fault.kind === 'respond') return true;
  return (fault.kind === 'reset' || fault.kind === 'hang') && fault.after === 'nothing';
}

/** The status that a substitute answers; 0 when it answers nothing. */
export function statusOf(fault: Substitute): number {
  return fault.kind === 'respond' ? fault.status : 0;
}

/** Does to a connection what the fault says. */
export async function substitute(res: ServerResponse, fault: Substitute): Promise<void> {
  if (fault.kind === 'respond') await send(res, answerOf(fault), { gzip: false });
  else if (fault.kind === 'reset') res.socket?.destroy();
}

function answerOf({ status, body = '', headers = {} }: Extract<Fault, { kind: 'respond' }>): Answer {
  const named = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const isText = typeof body === 'string';
  const contentType = named ?? (isText ? 'text/plain; charset=utf-8' : 'application/json');
  const bytes = body instanceof Uint8Array ? body : isText ? Buffer.from(body) : jsonBytes(body);
  return { code: status, contentType, headers, body: [bytes] };
}
