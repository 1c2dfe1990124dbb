import { container } from '../../../data/linkerd.ts';
import { count } from '../../../mesh/words.ts';
import { blocker, type Check, unknown, warning } from '../verdict.ts';

/** What a new proxy cannot do without: its identity, and where its peers are. */
const needed: ReadonlySet<string> = new Set([container.identity, container.destination]);
/** Value of the component label of the injector. */
const INJECTOR = container.injector;

/** Every component of the control plane runs, all in one version. */
export const components: Check = ({ controlPlane }) => {
  const { namespace, components: all, halfRolled } = controlPlane;
  const half =
    halfRolled === ''
      ? []
      : [
          blocker(
            'control-plane',
            `the control plane is half rolled: ${halfRolled}; wait until kubectl -n ${namespace} get pods shows one version`,
          ),
        ];
  if (all.length === 0) {
    return [
      ...half,
      unknown('control-plane', `no component of the control plane can be seen in namespace ${namespace}`),
    ];
  }
  const lame = all.flatMap(({ name, ready, replicas }) => {
    if (ready >= replicas && replicas > 0) {
      return [];
    }
    const state = `${name} has ${ready} of ${count(replicas, 'pod')} ready in namespace ${namespace}`;
    if (ready === 0 && needed.has(name)) {
      return [blocker('control-plane', `${state}: new proxies would not become ready; mend it first`)];
    }
    // What the absence of the injector means is said by its own check.
    return ready === 0 && name === INJECTOR ? [] : [warning('control-plane', state)];
  });
  return [...half, ...lame];
};

/** The injector answers. */
export const injector: Check = ({ controlPlane }) => {
  const { injector: state, failurePolicy, namespace } = controlPlane;
  switch (state.state) {
    case 'ready':
      return [];
    case 'down': {
      const effect =
        failurePolicy === 'Fail' ? 'no new pod could start' : 'new pods would come up without a proxy';
      return [
        blocker(
          'injector',
          `the proxy injector is down (${state.reason}): ${effect}; mend it in ${namespace} first`,
        ),
      ];
    }
    case 'unknown':
      return [blocker('injector', `whether the proxy injector answers is not known: ${state.reason}`)];
  }
};
