/** The way to a destination on hand-made clusters: tasks, their order, states and commands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Advice, Task, UpgradeStep } from '../../../src/guide/advice.ts';
import { advise } from '../../../src/guide/advise.ts';
import type { Installation } from '../../../src/guide/inventory.ts';
import { extension, type InventoryInput, inventory, link } from '../../support/inventories.ts';
import { controlPlaneView, namespaceView, workloadView } from '../../support/views.ts';

const HELM: Installation = {
  method: 'helm',
  release: 'lcp',
  namespace: 'mesh',
  chart: 'linkerd-control-plane-2025.10.7',
};
const OLD_CHART: Installation = {
  method: 'helm',
  release: 'mesh',
  namespace: 'default',
  chart: 'linkerd2-2.11.4',
};

/** A control plane of one version, all of whose proxies run that version unless others are given. */
function cluster(version: string, release: string, input: InventoryInput = {}): ReturnType<typeof inventory> {
  const component = (name: string) => ({ name, version, ready: 1, replicas: 1 });
  const { view = {}, ...rest } = input;
  return inventory({
    cli: { state: 'known', value: version },
    ...rest,
    view: {
      namespaces: [namespaceView('shop', { running: [[version, 'current', 4]] })],
      ...view,
      controlPlane: controlPlaneView({
        version,
        release,
        target: version,
        components: [component('destination'), component('identity'), component('proxy-injector')],
        ...view.controlPlane,
      }),
    },
  });
}

function stepAt(advice: Advice, index: number): UpgradeStep {
  const step = advice.steps[index];
  assert.ok(step, `no step ${index}: ${advice.refusal}`);
  return step;
}

function task(step: UpgradeStep, id: string): Task {
  const found = step.tasks.find((candidate) => candidate.id === id);
  assert.ok(found, `no task ${id} among ${step.tasks.map((other) => other.id).join(', ')}`);
  return found;
}

const states = (step: UpgradeStep): readonly string[] => step.tasks.map(({ id, state }) => `${id} ${state}`);

test('the tasks of a step come in the order of the guide, and the first open one is next', () => {
  const advice = advise(cluster('edge-25.10.7', '2.19', { kubernetes: 'v1.31.4' }), '2.20');
  assert.deepEqual(
    advice.steps.map(({ from, to, release }) => [from, to, release]),
    [['edge-25.10.7', 'edge-26.6.3', '2.20']],
  );
  assert.deepEqual(states(stepAt(advice, 0)), [
    'before/health done',
    'before/skew done',
    'before/kubernetes done',
    'before/release-notes unknown',
    'cli next',
    'crds later',
    'control-plane later',
    'data-plane later',
    'verify later',
  ]);
});

test('the steps after the first are later, except for what holds whatever is done before', () => {
  const advice = advise(cluster('edge-24.11.8', '2.17', { kubernetes: 'v1.29.14' }), '2.20');
  assert.equal(advice.steps.length, 3);
  const last = stepAt(advice, 2);
  assert.equal(task(last, 'before/kubernetes').state, 'blocked');
  assert.match(task(last, 'before/kubernetes').why, /requires Kubernetes 1\.31/);
  const rest = last.tasks.filter(({ id }) => id !== 'before/kubernetes');
  assert.deepEqual([...new Set(rest.map(({ state }) => state))], ['later']);
});

test('namespaces that would be two releases behind block the step, and are named', () => {
  const view = {
    namespaces: [
      namespaceView('books', { running: [['edge-25.4.4', 'behind-one', 3]] }),
      namespaceView('shop', { running: [['edge-25.10.7', 'current', 4]] }),
    ],
  };
  const advice = advise(cluster('edge-25.10.7', '2.19', { view }), '2.20');
  const [begun, ahead] = [stepAt(advice, 0), stepAt(advice, 1)];
  assert.equal(begun.to, 'edge-25.10.7');
  assert.equal(begun.from, 'edge-25.4.4');
  const skew = task(ahead, 'before/skew');
  assert.equal(skew.state, 'blocked');
  assert.match(skew.why, /1 namespace .*: books$/);
  assert.deepEqual(skew.details, ['books: edge-25.4.4 (3)']);
  assert.ok(skew.commands.includes('kubectl linkerd-upgrade restart books'));
});

test('what the control plane has behind it is finished first, and its past is not shown as open', () => {
  const view = {
    namespaces: [
      namespaceView('shop', {
        running: [
          ['edge-25.10.7', 'current', 3],
          ['edge-25.4.4', 'behind-one', 1],
        ],
      }),
    ],
  };
  const extensions = [extension('viz', { version: 'edge-25.4.4' })];
  const advice = advise(
    cluster('edge-25.10.7', '2.19', { view, extensions: { state: 'known', value: extensions } }),
    'edge-25.10.7',
  );
  assert.equal(advice.refusal, '');
  assert.match(advice.remarks[0] ?? '', /runs edge-25\.10\.7 already/);
  assert.deepEqual(states(stepAt(advice, 0)), [
    'cli done',
    'crds done',
    'control-plane done',
    'extension/viz next',
    'data-plane in-progress',
    'verify later',
  ]);
  assert.equal(task(stepAt(advice, 0), 'data-plane').why, '3 of 4 proxies on edge-25.10.7; behind: shop');
});

test('proxies that are ahead do not count as those that have arrived', () => {
  const running = [
    ['edge-25.10.7', 'current', 2],
    ['edge-25.12.2', 'ahead', 1],
    ['edge-25.4.4', 'behind-one', 1],
  ] as const;
  const view = { namespaces: [namespaceView('shop', { running })] };
  const advice = advise(cluster('edge-25.10.7', '2.19', { view }), 'edge-25.10.7');
  assert.equal(task(stepAt(advice, 0), 'data-plane').why, '2 of 4 proxies on edge-25.10.7; behind: shop');
});

test('notices of a step that was made are those of what still follows', () => {
  const view = { namespaces: [namespaceView('shop', { running: [['edge-24.11.8', 'behind-one', 3]] })] };
  const advice = advise(cluster('edge-25.4.4', '2.18', { view, kubernetes: 'v1.22.1' }), '2.18');
  const { notices } = stepAt(advice, 0);
  assert.ok(notices.some(({ notice }) => notice.id === '2.18-half-open'));
  assert.ok(notices.every(({ notice }) => notice.component === 'data-plane'));
});

test('with everything at the destination there is nothing to do', () => {
  const advice = advise(cluster('edge-26.9.1', '2.20 or later'), 'latest-known');
  assert.deepEqual(advice.steps, []);
  assert.match(advice.refusal, /already/);
});

test('a destination that cannot be reached is refused, in words', () => {
  for (const [version, destination, reason] of [
    ['edge-26.6.3', 'stable-2.14.10', /no way back/],
    ['edge-26.6.3', '2.99', /not known/],
    ['dev-abc', '2.20', /nobody can say/],
    ['', '2.20', /not known/],
  ] as const) {
    const advice = advise(cluster(version, ''), destination);
    assert.deepEqual(advice.steps, []);
    assert.match(advice.refusal, reason);
  }
});

test('a control plane half rolled is in progress, with what is missing', () => {
  const halfRolled = 'linkerd-config says edge-25.11.3, but 1 of 1 identity container runs edge-25.10.7';
  const view = {
    controlPlane: controlPlaneView({
      version: 'edge-25.11.3',
      target: 'edge-25.11.3',
      halfRolled,
      ready: false,
    }),
    namespaces: [],
  };
  const advice = advise(inventory({ view }), '2.20');
  const begun = task(stepAt(advice, 0), 'control-plane');
  assert.equal(begun.state, 'in-progress');
  assert.equal(begun.why, halfRolled);
  assert.equal(task(stepAt(advice, 1), 'control-plane').state, 'later');
});

test('components that are not ready block a step before it begins', () => {
  const component = (name: string, ready: number) => ({ name, version: 'edge-25.10.7', ready, replicas: 2 });
  const view = {
    controlPlane: {
      ready: true,
      components: [component('destination', 2), component('identity', 1)],
      injector: { state: 'down', reason: 'no pod is ready' },
    } as const,
  };
  const input = cluster('edge-25.10.7', '2.19');
  const advice = advise({ ...input, controlPlane: { ...input.controlPlane, ...view.controlPlane } }, '2.20');
  const health = task(stepAt(advice, 0), 'before/health');
  assert.equal(health.state, 'blocked');
  assert.match(health.why, /identity has 1 of 2 pods ready; the injector is down: no pod is ready/);
});

// ——— commands

test('the CLI upgrades by what its release knows', () => {
  const commands = (version: string, release: string, to: string): readonly string[] =>
    stepAt(advise(cluster(version, release, { kubernetes: 'v1.22.1' }), to), 0)
      .tasks.filter(({ kind }) => kind === 'crds' || kind === 'control-plane')
      .flatMap((found) => found.commands);
  const pruned = 'linkerd upgrade | kubectl apply --prune -l linkerd.io/control-plane-ns=linkerd -f -';
  const whitelisted =
    'linkerd upgrade | kubectl apply --prune -l linkerd.io/control-plane-ns=linkerd --prune-whitelist=rbac.authorization.k8s.io/v1/clusterrole --prune-whitelist=rbac.authorization.k8s.io/v1/clusterrolebinding --prune-whitelist=apiregistration.k8s.io/v1/apiservice -f -';
  assert.deepEqual(commands('stable-2.10.2', '2.10', '2.11'), [pruned, whitelisted]);
  assert.deepEqual(commands('stable-2.11.5', '2.11', '2.12'), [
    'linkerd upgrade --crds | kubectl apply -f -',
    pruned,
    whitelisted,
  ]);
  assert.deepEqual(commands('stable-2.12.6', '2.12', '2.13'), [
    'linkerd upgrade --crds | kubectl apply -f -',
    'linkerd upgrade | kubectl apply -f -',
    'linkerd prune | kubectl delete -f -',
  ]);
});

test('a control plane in a namespace of its own is named to the CLI', () => {
  const found = cluster('edge-25.10.7', '2.19', {
    view: {
      controlPlane: controlPlaneView({
        version: 'edge-25.10.7',
        release: '2.19',
        target: 'edge-25.10.7',
        namespace: 'mesh',
      }),
    },
  });
  const step = stepAt(advise(found, '2.20'), 0);
  assert.equal(
    task(step, 'crds').commands[0],
    'linkerd --linkerd-namespace mesh upgrade --crds | kubectl apply -f -',
  );
});

test('Helm upgrades its own release, with the chart version of the edge', () => {
  const step = stepAt(advise(cluster('edge-25.10.7', '2.19', { installation: HELM }), '2.20'), 0);
  assert.deepEqual(task(step, 'crds').commands, [
    'helm repo add linkerd-edge https://helm.linkerd.io/edge',
    'helm repo update linkerd-edge',
    'helm upgrade linkerd-crds linkerd-edge/linkerd-crds -n linkerd --version 2026.6.3',
  ]);
  assert.deepEqual(task(step, 'control-plane').commands, [
    'helm get values lcp -n mesh -o yaml > values.yaml',
    'helm upgrade lcp linkerd-edge/linkerd-control-plane -n mesh --version 2026.6.3 --reset-values -f values.yaml --atomic',
  ]);
});

test('the release of the CRDs is the one that they name', () => {
  const annotations = { 'meta.helm.sh/release-name': 'crds', 'meta.helm.sh/release-namespace': 'mesh' };
  const customResources = {
    state: 'known',
    value: new Map([
      ['egressnetworks.policy.linkerd.io', { annotations, served: [] }],
      ['links.multicluster.linkerd.io', { annotations: {}, served: [] }],
    ]),
  } as const;
  const found = cluster('edge-25.10.7', '2.19', { installation: HELM, evidence: { customResources } });
  const { commands, details } = task(stepAt(advise(found, '2.20'), 0), 'crds');
  assert.equal(commands.at(-1), 'helm upgrade crds linkerd-edge/linkerd-crds -n mesh --version 2026.6.3');
  assert.deepEqual(details, []);
});

test('2.11 to 2.12 splits the chart by the names of this release, once', () => {
  const advice = advise(
    cluster('stable-2.11.4', '2.11', { installation: OLD_CHART, kubernetes: 'v1.23.1' }),
    '2.13',
  );
  const [split, after] = [stepAt(advice, 0), stepAt(advice, 1)];
  const { commands } = task(split, 'crds');
  assert.equal(commands[0], 'helm get values mesh -n default -o yaml > values.yaml');
  assert.match(
    commands.join('\n'),
    /helm -n default get manifest mesh .*crd\/\$0 meta\.helm\.sh\/release-name=linkerd-crds meta\.helm\.sh\/release-namespace=linkerd'/,
  );
  assert.match(
    commands.at(-1) ?? '',
    /^helm install linkerd-crds linkerd\/linkerd-crds -n linkerd --version CRDS_CHART_VERSION$/,
  );
  const install = task(split, 'control-plane');
  assert.match(
    install.commands[0] ?? '',
    /^helm install linkerd-control-plane .*--set-file identityTrustAnchorsPEM=ca\.crt/,
  );
  assert.equal(
    install.commands[1],
    'kubectl -n default delete secret --field-selector type=helm.sh/release.v1 -l name=mesh,owner=helm',
  );
  assert.match(
    task(after, 'control-plane').commands[1] ?? '',
    /^helm upgrade linkerd-control-plane .* -n linkerd /,
  );

  const notice = split.notices.find((found) => found.notice.id === '2.12-helm-cleanup');
  assert.match(notice?.notice.commands[0] ?? '', /-n default .*name=mesh/);
});

test('the CNI plugin of the old charts is deleted and installed again, by its chart', () => {
  const plugin = { state: 'known', value: { version: 'v0.1', ready: 1, wanted: 1 } } as const;
  const found = cluster('stable-2.11.4', '2.11', { installation: OLD_CHART, cni: plugin });
  const [step, next] = advise(found, 'stable-2.13.7').steps;
  assert.ok(step && next);
  const { commands, details } = task(step, 'extension/cni');
  assert.match(
    commands.join('\n'),
    /helm delete linkerd-cni -n linkerd-cni\nhelm install linkerd-cni .*linkerd2-cni .*--create-namespace/,
  );
  assert.ok(details.some((line) => line.includes('no meshed pod can start')));
  assert.doesNotMatch(task(next, 'extension/cni').commands.join('\n'), /helm delete/);
});

test('every upper-case placeholder of a command is explained', () => {
  const installations: readonly Installation[] = [
    { method: 'cli' },
    HELM,
    OLD_CHART,
    { method: 'unknown', why: 'no marks' },
  ];
  for (const installation of installations) {
    const found = cluster('stable-2.11.4', '2.11', {
      installation,
      kubernetes: 'v1.31.1',
      cni: { state: 'known', value: { version: 'v1.1.1', ready: 1, wanted: 1 } },
      extensions: {
        state: 'known',
        value: ['viz', 'multicluster', 'jaeger', 'smi'].map((name) =>
          extension(name, { installation, version: 'stable-2.11.4', followsLinkerd: name !== 'smi' }),
        ),
      },
      links: { state: 'known', value: [link('west', { mirror: 'legacy', version: 'stable-2.11.4' })] },
    });
    for (const step of advise(found, 'latest-known').steps) {
      for (const { id, commands, details } of step.tasks) {
        const words = commands.join(' ').match(/\b[A-Z][A-Z_]*_[A-Z_]+\b/g) ?? [];
        for (const word of words.filter((name) => name !== 'LINKERD2_VERSION')) {
          assert.ok(
            details.some((line) => line.includes(word)),
            `${step.to} ${id}: ${word} is not explained`,
          );
        }
      }
    }
  }
});

test('an unknown installation shows both ways', () => {
  const step = stepAt(
    advise(cluster('edge-25.10.7', '2.19', { installation: { method: 'unknown', why: 'no marks' } }), '2.20'),
    0,
  );
  assert.deepEqual(
    step.tasks.map(({ id }) => id).filter((id) => /^(crds|control-plane)/.test(id)),
    ['crds/cli', 'crds/helm', 'control-plane/cli', 'control-plane/helm'],
  );
  assert.match(task(step, 'control-plane/helm').commands.join('\n'), /helm upgrade HELM_RELEASE/);
});

test('what Git or the operator holds is changed there', () => {
  const git = advise(
    cluster('edge-25.10.7', '2.19', { installation: { method: 'gitops', tool: 'Flux' } }),
    '2.20',
  );
  assert.deepEqual(task(stepAt(git, 0), 'control-plane').commands, []);
  assert.match(
    task(stepAt(git, 0), 'control-plane').details[0] ?? '',
    /linkerd-control-plane .* version 2026\.6\.3\. Let Flux/,
  );

  const installation: Installation = { method: 'operator', resource: 'controlplane/linkerd' };
  const operated = advise(cluster('enterprise-2.19.6', '2.19', { installation }), 'latest-known');
  assert.equal(
    task(stepAt(operated, 0), 'control-plane').commands[0],
    `kubectl patch controlplanes.linkerd.buoyant.io linkerd --type merge -p '{"spec":{"components":{"linkerd":{"version":"enterprise-2.20.2"}}}}'`,
  );
});

test("the vendor's builds come from the vendor", () => {
  const step = stepAt(
    advise(
      cluster('enterprise-2.19.6', '2.19', { installation: HELM, cli: { state: 'absent' } }),
      'latest-known',
    ),
    0,
  );
  assert.match(
    task(step, 'cli').commands[0] ?? '',
    /enterprise\.buoyant\.io\/install \| LINKERD2_VERSION=enterprise-2\.20\.2 sh/,
  );
  assert.equal(task(step, 'cli').state, 'unknown');
  assert.match(
    task(step, 'control-plane').commands[1] ?? '',
    /linkerd-buoyant\/linkerd-enterprise-control-plane -n mesh --version 2\.20\.2/,
  );
});

test('every linked cluster is linked again by its name, and moved to the extension from 2.18 on', () => {
  const links = [
    link('west', { mirror: 'legacy', version: 'edge-24.8.2' }),
    link('east', { mirror: 'legacy', version: 'edge-24.8.2', targetCluster: 'eu east' }),
  ];
  const found = cluster('edge-24.8.2', '2.16', {
    extensions: { state: 'known', value: [extension('multicluster', { version: 'edge-24.8.2' })] },
    links: { state: 'known', value: links },
  });
  const advice = advise(found, '2.18');
  assert.deepEqual(task(stepAt(advice, 0), 'extension/multicluster/link/east').commands, [
    "linkerd --context=CONTEXT_OF_EU_EAST multicluster link --cluster-name='eu east' | kubectl apply -f -",
    'linkerd multicluster check',
  ]);
  const moving = stepAt(advice, 1);
  assert.deepEqual(task(moving, 'extension/multicluster').commands.slice(0, 2), [
    "echo 'controllers: [{link: {ref: {name: east}}}, {link: {ref: {name: west}}}]' > multicluster-values.yaml",
    'linkerd multicluster install -f multicluster-values.yaml | kubectl apply -f -',
  ]);
  assert.deepEqual(task(moving, 'extension/multicluster/link/west').commands, [
    'linkerd multicluster unlink --cluster-name=west --only-controller | kubectl delete -f -',
    'linkerd --context=CONTEXT_OF_WEST multicluster link-gen --cluster-name=west | kubectl apply -f -',
    'linkerd multicluster check',
  ]);
});

test('an old mirror beside an extension that is upgraded already: the extension learns of the links first', () => {
  const found = cluster('edge-25.4.4', '2.18', {
    extensions: { state: 'known', value: [extension('multicluster', { version: 'edge-25.4.4' })] },
    links: { state: 'known', value: [link('west', { mirror: 'legacy', version: 'edge-24.11.8' })] },
  });
  const { state, commands } = task(stepAt(advise(found, '2.18'), 0), 'extension/multicluster/link/west');
  assert.equal(state, 'next');
  assert.match(commands[1] ?? '', /^linkerd multicluster install -f /);
  assert.match(commands[2] ?? '', /unlink .*--only-controller/);
});

test('jaeger is upgraded to 2.18 and replaced in 2.19', () => {
  const extensions = { state: 'known', value: [extension('jaeger', { version: 'edge-24.11.8' })] } as const;
  const advice = advise(cluster('edge-24.11.8', '2.17', { extensions }), '2.19');
  assert.match(
    task(stepAt(advice, 0), 'extension/jaeger').commands.join('\n'),
    /linkerd jaeger install .*\nlinkerd jaeger prune/,
  );
  const gone = task(stepAt(advice, 1), 'extension/jaeger');
  assert.match(gone.title, /Replace the jaeger extension/);
  assert.deepEqual(gone.commands, ['kubectl delete namespace linkerd-jaeger']);

  const left = advise(cluster('edge-25.10.7', '2.19', { extensions }), '2.19');
  assert.equal(task(stepAt(left, 0), 'extension/jaeger').state, 'next');
});

test('extensions with a line of their own are told apart, not judged', () => {
  const value = [
    extension('smi', { followsLinkerd: false, version: 'v0.2.8', installation: HELM }),
    extension('acme', { followsLinkerd: false, version: '' }),
  ];
  const step = stepAt(
    advise(
      cluster('edge-25.10.7', '2.19', {
        extensions: { state: 'known', value },
        cli: { state: 'known', value: 'edge-26.6.3' },
      }),
      '2.20',
    ),
    0,
  );
  assert.equal(task(step, 'extension/smi').state, 'unknown');
  assert.match(task(step, 'extension/smi').commands.at(-1) ?? '', /helm upgrade lcp l5d-smi\/linkerd-smi/);
  assert.match(task(step, 'extension/acme').details.join(' '), /ask whoever made it/);
});

test('what could not be read of the extensions is said in place of a task', () => {
  const why = 'namespaces is forbidden';
  const step = stepAt(
    advise(
      cluster('edge-25.10.7', '2.19', {
        extensions: { state: 'unreadable', why },
        cni: { state: 'unreadable', why },
      }),
      '2.20',
    ),
    0,
  );
  for (const id of ['extension', 'extension/cni']) {
    assert.equal(task(step, id).state, 'unknown');
    assert.match(task(step, id).why, /namespaces is forbidden/);
  }
});

test('what a restart would not bring forward is named', () => {
  const view = {
    namespaces: [
      namespaceView('books', { running: [['edge-25.9.4', 'behind-one', 2]], effects: { pinned: 1 } }),
      namespaceView('shop', { running: [['edge-25.9.4', 'behind-one', 2]], effects: { static: 1 } }),
    ],
  };
  const { details, commands } = task(
    stepAt(advise(cluster('edge-25.10.7', '2.19', { view }), '2.20'), 0),
    'data-plane',
  );
  assert.deepEqual(commands, [
    'kubectl linkerd-upgrade plan books shop',
    'kubectl linkerd-upgrade restart books shop',
  ]);
  assert.ok(details.some((line) => /Pinned.* in books/.test(line)));
  assert.ok(details.some((line) => /templates.* in shop/.test(line)));
});

test('a namespace named upgrade is not taken for the guide', () => {
  const view = { namespaces: [namespaceView('upgrade', { running: [['edge-25.9.4', 'behind-one', 2]] })] };
  const { commands } = task(
    stepAt(advise(cluster('edge-25.10.7', '2.19', { view }), '2.20'), 0),
    'data-plane',
  );
  assert.deepEqual(commands, [
    'kubectl linkerd-upgrade plan -n upgrade',
    'kubectl linkerd-upgrade restart -n upgrade',
  ]);
});

test('proxies of another control plane take no part', () => {
  const others = [{ namespace: 'linkerd-old', proxies: 2, exists: true }];
  const view = {
    controlPlane: controlPlaneView({
      version: 'edge-25.10.7',
      release: '2.19',
      target: 'edge-25.10.7',
      others,
    }),
    namespaces: [
      namespaceView('legacy', { running: [['edge-24.8.2', 'unknown', 2]] }),
      namespaceView('shop', { running: [['edge-25.10.7', 'current', 4]] }),
    ],
    workloads: [
      workloadView('legacy', 'app', { running: [['edge-24.8.2', 'unknown', 2]] }),
      workloadView('shop', 'web', { running: [['edge-25.10.7', 'current', 4]] }),
    ],
  };
  const advice = advise(cluster('edge-25.10.7', '2.19', { view }), '2.20');
  assert.equal(task(stepAt(advice, 0), 'before/skew').state, 'done');
  assert.match(task(stepAt(advice, 0), 'data-plane').why, /^4 proxies in 1 namespace: shop$/);
  assert.ok(
    advice.remarks.some((remark) =>
      /2 proxies of another control plane, in namespace linkerd-old/.test(remark),
    ),
  );
});

test('CRDs that the running release needs and that are absent leave its step unfinished', () => {
  const customResources = {
    state: 'known',
    value: new Map([['servers.policy.linkerd.io', { annotations: {}, served: [] }]]),
  } as const;
  const advice = advise(cluster('edge-25.10.7', '2.19', { evidence: { customResources } }), '2.19');
  const { state, why } = task(stepAt(advice, 0), 'crds');
  assert.equal(state, 'next');
  assert.equal(why, 'CRD egressnetworks.policy.linkerd.io is absent');
});
