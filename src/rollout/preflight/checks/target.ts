import { configMap } from '../../../data/linkerd.ts';
import { blocker, type Check, excluded, someOf, unknown } from '../verdict.ts';

/** What was planned is what the injector gives now, as far as configuration and running pods tell. */
export const target: Check = ({ facts: { config }, controlPlane, subjects }) => {
  const name = `${controlPlane.namespace}/${configMap.config}`;
  if (controlPlane.version === '') {
    return [
      blocker(
        'target',
        'the version of the control plane is not known, so what new pods would get cannot be predicted',
      ),
    ];
  }
  if (config.state === 'unreadable') {
    return [
      unknown(
        'target',
        `ConfigMap ${name} cannot be read; the version is taken from what runs: ${config.why}`,
      ),
      ...changed(subjects),
    ];
  }
  if (config.state === 'absent') {
    return [blocker('target', `ConfigMap ${name} does not exist, and the injector cannot work without it`)];
  }
  const { parsed } = config.value;
  if (!parsed.ok) {
    return [
      blocker(
        'target',
        `ConfigMap ${name} makes no sense, and the injector may refuse new pods: ${parsed.problem}`,
      ),
    ];
  }
  const now = parsed.config.proxyImageVersion || parsed.config.linkerdVersion;
  if (now !== controlPlane.target) {
    const text = `ConfigMap ${name} now asks for ${now}, and a moment ago for ${controlPlane.target}: an upgrade is under way; look again when it is over`;
    return [blocker('target', text)];
  }
  return changed(subjects);
};

/** A change that meets every workload is the control plane's; one that meets some is theirs. */
const changed = (subjects: Parameters<Check>[0]['subjects']): ReturnType<Check> => {
  const other = subjects.filter(
    ({ item, view }) => view && view.target !== '' && view.target !== item.expected.version,
  );
  if (other.length === 0) {
    return [];
  }
  if (other.length === subjects.length) {
    const versions = [...new Set(other.map(({ view }) => view?.target ?? ''))];
    const planned = [...new Set(other.map(({ item }) => item.expected.version))];
    const text = `${someOf(other)} would now get ${versions.join(' and ')}, and were planned for ${planned.join(' and ')}: make a new plan`;
    return [blocker('target', text)];
  }
  return other.map((subject) =>
    excluded(
      subject,
      `it would now get ${subject.view?.target}, and was planned for ${subject.item.expected.version}`,
    ),
  );
};
