/** The guide as text; its document is held to its schema where whole clusters are (test/guide/advise). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advise } from '../../src/guide/advise.ts';
import { adviceTable } from '../../src/report/advice-table.ts';
import { extension, inventory } from '../support/inventories.ts';
import { controlPlaneView, namespaceView } from '../support/views.ts';

const AT = 'edge-26.6.3';
const component = (name: string) => ({ name, version: AT, ready: 1, replicas: 1 });
const controlPlane = controlPlaneView({
  version: AT,
  release: '2.20',
  target: AT,
  components: [component('destination'), component('identity'), component('proxy-injector')],
});

test('the step that was made is shown with what is left of it', () => {
  const found = inventory({
    kubernetes: 'v1.31.4',
    view: {
      controlPlane,
      namespaces: [
        namespaceView('shop', {
          running: [
            [AT, 'current', 3],
            ['edge-26.5.2', 'behind-one', 1],
          ],
        }),
      ],
    },
    extensions: { state: 'known', value: [extension('viz', { version: AT })] },
    cli: { state: 'known', value: AT },
    unreadable: [{ what: 'nodes', why: 'forbidden' }],
  });
  assert.deepEqual(adviceTable(found, advise(found, AT), { wide: false }), [
    `Control plane:  ${AT} (2.20) in namespace linkerd, installed with the CLI`,
    `CLI:            ${AT}`,
    `Extensions:     viz ${AT}`,
    `Data plane:     4 proxies in 1 namespace: ${AT} (3), edge-26.5.2 (1)`,
    'Kubernetes:     v1.31.4',
    '',
    `Finish ${AT}: the control plane is there, not all of the rest.`,
    `  - the control plane runs ${AT} already`,
    '  - the newest edge release known is edge-26.9.1',
    '',
    `STEP 1 of 1, begun: finish ${AT} (2.20)`,
    '---------------------------------------------',
    `[x] done        Install the CLI of ${AT}`,
    `                linkerd on the PATH is ${AT}`,
    `[x] done        Apply the CRDs of ${AT}`,
    `                the control plane is at ${AT}`,
    `[x] done        Upgrade the control plane to ${AT}`,
    `                3 of 3 components run ${AT}`,
    `[x] done        Upgrade viz to ${AT}`,
    `                ${AT} in namespace linkerd-viz, installed with the CLI`,
    `[~] in progress Restart the meshed workloads, for proxies of ${AT}`,
    `                3 of 4 proxies on ${AT}; behind: shop`,
    '                  kubectl linkerd-upgrade plan shop',
    '                  kubectl linkerd-upgrade restart shop',
    `                - shop: ${AT} (3), edge-26.5.2 (1)`,
    '                https://linkerd.io/docs/tasks/upgrade/#upgrading-the-data-plane',
    `[ ] later       Verify that all is on ${AT}`,
    '                when all before it is done',
    '                  linkerd check',
    '                  linkerd check --proxy',
    '                  kubectl linkerd-upgrade verify',
    '                  kubectl linkerd-upgrade check',
    '                - `linkerd check` compares proxies with the newest release on the internet and with',
    '                  the CLI; verify compares them with this control plane.',
    '                https://linkerd.io/docs/tasks/upgrade/',
    '',
    'Not readable:',
    '  - nodes: forbidden',
  ]);
});

test('a refusal keeps what is known, and what could not be read', () => {
  const found = inventory({
    view: { controlPlane: controlPlaneView({ version: '', release: '', components: [] }), namespaces: [] },
    installation: { method: 'unknown', why: 'nothing could be read' },
    extensions: { state: 'unreadable', why: 'forbidden' },
    unreadable: [{ what: 'ConfigMap linkerd-config', why: 'forbidden' }],
  });
  const lines = adviceTable(found, advise(found, '2.20'), { wide: false });
  assert.match(lines[0] ?? '', /^Control plane: {2}version unknown in namespace linkerd/);
  assert.ok(lines.includes('Extensions:     could not be read: forbidden'));
  assert.ok(lines.some((line) => /^No steps: the version of the control plane is not known/.test(line)));
  assert.deepEqual(lines.slice(-2), ['Not readable:', '  - ConfigMap linkerd-config: forbidden']);
});

test('steps that are far are short, unless everything is asked for', () => {
  const at = 'edge-24.11.8';
  const found = inventory({
    kubernetes: 'v1.29.14',
    view: {
      controlPlane: controlPlaneView({
        version: at,
        release: '2.17',
        target: at,
        components: [{ name: 'destination', version: at, ready: 1, replicas: 1 }],
      }),
      namespaces: [namespaceView('shop', { running: [[at, 'current', 3]] })],
    },
  });
  const advice = advise(found, '2.20');
  const short = adviceTable(found, advice, { wide: false });
  const last = short.slice(short.findIndex((line) => line.startsWith('STEP 3 of 3')));
  assert.ok(last.includes('[ ] later       Apply the CRDs of edge-26.6.3'));
  assert.ok(last.includes('[!] BLOCKED     Kubernetes suits edge-26.6.3'));
  assert.ok(last.some((line) => /requires Kubernetes 1\.31/.test(line)));
  assert.ok(!last.some((line) => line.includes('upgrade --crds')));
  assert.ok(short.includes('Later steps are shown in short: -o wide prints them with their commands.'));

  const wide = adviceTable(found, advice, { wide: true });
  const whole = wide.slice(wide.findIndex((line) => line.startsWith('STEP 3 of 3')));
  assert.ok(whole.some((line) => line.includes('linkerd upgrade --crds | kubectl apply -f -')));
  assert.ok(!wide.some((line) => line.includes('-o wide')));
});
