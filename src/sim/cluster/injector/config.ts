import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { TRUST_BUNDLE_KEY } from '../../../data/linkerd.ts';
import { at } from '../../json.ts';
import type { ConfigMap } from '../objects.ts';

/** What the injector knows when it is asked: its mounted `linkerd-config` and trust bundle, and its own version. */
export interface InjectorConfig {
  readonly controlPlaneNamespace: string;
  /** The version of the injector that runs, which may not be that of the configuration. */
  readonly injectorVersion: string;
  readonly linkerdVersion: string;
  /** Tag that an unpinned proxy gets: `proxy.image.version`, else `linkerdVersion`. */
  readonly proxyVersion: string;
  readonly proxyImage: string;
  readonly initImage: string;
  readonly cniEnabled: boolean;
  readonly nativeSidecar: boolean;
  readonly waitBeforeExitSeconds: number;
  /** The proxy stands first and holds the other containers back until it is ready. */
  readonly await: boolean;
  readonly tokenProjection: boolean;
  readonly clusterDomain: string;
  readonly trustRoots: string;
  readonly trustRootSha256: string;
}

/** Reads the injector's configuration from the two ConfigMaps, as Linkerd 2.12 and later lay them out. */
export function injectorConfig(
  config: ConfigMap,
  trustRoots: ConfigMap | undefined,
  injectorVersion: string,
): InjectorConfig {
  const values: unknown = parse(config.data?.values ?? '');
  const text = (...path: string[]): string => String(at(values, ...path) ?? '');
  const flag = (fallback: boolean, ...path: string[]): boolean => {
    const value = at(values, ...path);
    return typeof value === 'boolean' ? value : fallback;
  };
  const version = text('linkerdVersion');
  const bundle = trustRoots?.data?.[TRUST_BUNDLE_KEY] ?? '';
  return {
    controlPlaneNamespace: config.metadata.namespace ?? '',
    injectorVersion,
    linkerdVersion: version,
    proxyVersion: text('proxy', 'image', 'version') || version,
    proxyImage: text('proxy', 'image', 'name'),
    initImage: `${text('proxyInit', 'image', 'name')}:${text('proxyInit', 'image', 'version') || version}`,
    cniEnabled: flag(false, 'cniEnabled'),
    nativeSidecar: flag(false, 'proxy', 'nativeSidecar'),
    waitBeforeExitSeconds: Number(at(values, 'proxy', 'waitBeforeExitSeconds') ?? 0),
    await: flag(true, 'proxy', 'await'),
    tokenProjection: flag(false, 'identity', 'serviceAccountTokenProjection'),
    clusterDomain: text('clusterDomain') || 'cluster.local',
    trustRoots: bundle,
    trustRootSha256: createHash('sha256').update(bundle).digest('hex'),
  };
}
