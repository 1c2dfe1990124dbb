import { parseKubernetesVersion } from '../../../mesh/kubernetes.ts';
import { nativeSidecarMode } from '../../../mesh/target.ts';
import { parseVersion } from '../../../mesh/version.ts';
import { blocker, type Case, type Check, type Subject, someOf, unknown, warning } from '../verdict.ts';

/** Native sidecars: alpha behind the gate SidecarContainers in 1.28, on by default from 1.29 (Kubernetes KEP 753). */
const ALPHA_MINOR = 28;
const DEFAULT_MINOR = 29;

/** Kubernetes knows native sidecars where new proxies will be some; and what a change of their form means. */
export const kubernetes: Check = (of) => {
  const native = of.subjects.filter((subject) => willBeNative(of, subject));
  return [...supported(of, native), ...reshaped(of.subjects)];
};

function willBeNative({ facts: { namespaces }, controlPlane }: Case, { key, record }: Subject): boolean {
  const namespace = namespaces.get(key.namespace);
  return nativeSidecarMode(
    record?.template.annotations ?? {},
    namespace?.state === 'known' ? namespace.value.annotations : {},
    parseVersion(controlPlane.version),
    controlPlane.nativeSidecar,
  );
}

function supported({ facts }: Case, native: readonly Subject[]): ReturnType<Check> {
  if (native.length === 0) {
    return [];
  }
  const version = parseKubernetesVersion(facts.kubernetesVersion);
  if (!version) {
    const text = `whether Kubernetes "${facts.kubernetesVersion}" knows native sidecars, which ${someOf(native)} would get, cannot be told from its version`;
    return [unknown('kubernetes', text)];
  }
  if (version.major > 1 || version.minor >= DEFAULT_MINOR) {
    return [];
  }
  const named = `${someOf(native)} would get their proxy as a native sidecar`;
  if (version.minor < ALPHA_MINOR) {
    const text = `${named}, which Kubernetes ${version.version} does not know: it would refuse the pods; set proxy.nativeSidecar to false`;
    return [blocker('kubernetes', text)];
  }
  const proven = facts.probes.answers.some(
    ({ answer }) => answer.answer === 'proxy' && answer.shape === 'native',
  );
  if (proven) {
    return [];
  }
  const text = `${named}, which Kubernetes ${version.version} knows only with the feature gate SidecarContainers: make sure that it is on, or set proxy.nativeSidecar to false`;
  return [warning('kubernetes', text)];
}

function reshaped(subjects: readonly Subject[]): ReturnType<Check> {
  const changing = subjects.filter(({ view, item }) =>
    (view?.risks ?? item.risks).some(({ kind }) => kind === 'sidecar-mode'),
  );
  if (changing.length === 0) {
    return [];
  }
  const text = `the proxy of ${someOf(changing)} changes its place between containers and native sidecars: start order, readiness and shutdown change with it, and Jobs of these namespaces end otherwise from their next run on`;
  return [warning('kubernetes', text)];
}
