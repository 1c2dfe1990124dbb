import { parse } from 'yaml';
import { clean, cleanText } from '../kube/clean.ts';
import type { Labels } from '../kube/records.ts';

/** What of `linkerd-config` decides over versions and injection. Absent texts are ''. */
export interface LinkerdConfig {
  readonly linkerdVersion: string;
  /** Tag that overrides `linkerdVersion` for the control plane's own images. */
  readonly controllerImageVersion: string;
  /** Tag of the policy controller's image, to 2.18. */
  readonly policyControllerImageVersion: string;
  readonly proxyImageName: string;
  /** Tag that the injector gives to proxies; '' means `linkerdVersion`. */
  readonly proxyImageVersion: string;
  /** `linkerd/cli <version>`; '' with Helm. */
  readonly cliVersion: string;
  readonly highAvailability: boolean;
  readonly cniEnabled: boolean;
  /** `Ignore` or `Fail`, '' where the values are silent. */
  readonly webhookFailurePolicy: string;
  /** `undefined` where the values are silent. */
  readonly nativeSidecar: boolean | undefined;
  readonly waitBeforeExitSeconds: number;
  /** Values older than this setting do not have it and mount the token the old way. */
  readonly serviceAccountTokenProjection: boolean;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: LinkerdConfig }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the data of the ConfigMap `linkerd-config` in the layout of any release: JSON texts under `global`,
 * `proxy` and `install` to 2.8; YAML under `values` since, whose settings stood below `global` in 2.9. A
 * `global` left over in later values is merged into the root first, where the root is silent.
 *
 * A ConfigMap comes as it is stored, so every text of the answer is cleaned here, as that of images is where they are
 * decoded: a version with an escape in it still equals the tag with the same escape.
 */
export function parseLinkerdConfig(data: Labels): ConfigResult {
  try {
    if (data.values !== undefined) return fromValues(parse(data.values));
    if (data.global !== undefined) return fromParts(data);
  } catch (error) {
    return problem(`it is not readable YAML: ${firstLine(error)}`);
  }
  return problem('it has neither the key "values" nor the key "global"');
}

function fromValues(values: unknown): ConfigResult {
  if (!isMap(values)) return problem('its values are not a YAML mapping');
  const root = isMap(values.global) ? { ...values.global, ...values } : values;
  const proxy = mapAt(root, 'proxy');
  const image = mapAt(proxy, 'image');
  const config: LinkerdConfig = {
    linkerdVersion: textAt(root, 'linkerdVersion'),
    controllerImageVersion: textAt(root, 'controllerImageVersion'),
    policyControllerImageVersion: textAt(mapAt(mapAt(root, 'policyController'), 'image'), 'version'),
    proxyImageName: textAt(image, 'name'),
    proxyImageVersion: textAt(image, 'version'),
    cliVersion: textAt(root, 'cliVersion'),
    highAvailability: root.highAvailability === true,
    cniEnabled: root.cniEnabled === true,
    webhookFailurePolicy: textAt(root, 'webhookFailurePolicy'),
    nativeSidecar: typeof proxy.nativeSidecar === 'boolean' ? proxy.nativeSidecar : undefined,
    waitBeforeExitSeconds: numberAt(proxy, 'waitBeforeExitSeconds'),
    serviceAccountTokenProjection: mapAt(root, 'identity').serviceAccountTokenProjection === true,
  };
  return config.linkerdVersion === '' ? problem('its values name no linkerdVersion') : { ok: true, config };
}

function fromParts(data: Labels): ConfigResult {
  const global = asMap(parse(data.global ?? ''));
  const proxy = asMap(parse(data.proxy ?? '{}'));
  const install = asMap(parse(data.install ?? '{}'));
  const linkerdVersion = textAt(global, 'version');
  if (linkerdVersion === '') return problem('its key "global" names no version');
  return {
    ok: true,
    config: {
      linkerdVersion,
      controllerImageVersion: '',
      policyControllerImageVersion: '',
      proxyImageName: textAt(mapAt(proxy, 'proxyImage'), 'imageName'),
      proxyImageVersion: textAt(proxy, 'proxyVersion'),
      cliVersion: textAt(install, 'cliVersion'),
      highAvailability: false,
      cniEnabled: global.cniEnabled === true,
      webhookFailurePolicy: '',
      nativeSidecar: undefined,
      waitBeforeExitSeconds: 0,
      serviceAccountTokenProjection: false,
    },
  };
}

type YamlMap = Readonly<Record<string, unknown>>;

const MAX_PROBLEM = 200;

const problem = (text: string): ConfigResult => ({ ok: false, problem: cleanText(text, MAX_PROBLEM) });

function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asMap(value: unknown): YamlMap {
  return isMap(value) ? value : {};
}

function mapAt(map: YamlMap, key: string): YamlMap {
  return asMap(map[key]);
}

/** A version such as `2.10` may have been written without quotes and then reads as a number. */
function textAt(map: YamlMap, key: string): string {
  const value = map[key];
  if (typeof value === 'string') return clean(value);
  return typeof value === 'number' ? String(value) : '';
}

function numberAt(map: YamlMap, key: string): number {
  const value = Number(map[key] ?? 0);
  return Number.isFinite(value) ? value : 0;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}
