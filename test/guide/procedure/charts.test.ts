/** Where the charts and the CLI of a version come from, and what they are called there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Installation } from '../../../src/guide/inventory.ts';
import {
  chartVersions,
  extensionChartVersion,
  helmUpgrade,
  repositoryOf,
} from '../../../src/guide/tasks/charts.ts';
import { cli } from '../../../src/guide/tasks/cli.ts';
import { byHelm } from '../../../src/guide/tasks/way-helm.ts';
import { inventory } from '../../support/inventories.ts';

test('each channel has its repository and its names of charts', () => {
  const rows: readonly [version: string, repository: string, url: string, chart: string][] = [
    ['stable-2.14.10', 'linkerd', 'https://helm.linkerd.io/stable', 'linkerd-control-plane'],
    ['edge-24.2.4', 'linkerd-edge', 'https://helm.linkerd.io/edge', 'linkerd-control-plane'],
    ['edge-26.6.3', 'linkerd-edge', 'https://helm.linkerd.io/edge', 'linkerd-control-plane'],
    [
      'enterprise-2.19.4',
      'linkerd-buoyant',
      'https://helm.buoyant.cloud',
      'linkerd-enterprise-control-plane',
    ],
  ];
  for (const [version, name, url, controlPlane] of rows) {
    const found = repositoryOf(version);
    assert.deepEqual([found.name, found.url, found.controlPlane], [name, url, controlPlane], version);
  }
});

test('a chart version is told where it is published, and looked up where it is not', () => {
  const rows: readonly [version: string, crds: string, controlPlane: string][] = [
    ['stable-2.12.0', '1.4.0', '1.9.0'],
    ['stable-2.13.0', '1.6.0', '1.12.0'],
    ['stable-2.14.0', '1.8.0', '1.15.0'],
    ['stable-2.14.10', 'CRDS_CHART_VERSION', '1.16.11'],
    ['stable-2.13.7', 'CRDS_CHART_VERSION', 'CHART_VERSION'],
    ['edge-24.2.4', 'CRDS_CHART_VERSION', 'CHART_VERSION'],
    ['edge-24.3.1', '2024.3.1', '2024.3.1'],
    ['edge-26.6.3', '2026.6.3', '2026.6.3'],
    ['enterprise-2.19.4', '2.19.4', '2.19.4'],
  ];
  for (const [version, crds, controlPlane] of rows) {
    const found = chartVersions(version);
    assert.deepEqual([found.crds, found.controlPlane], [crds, controlPlane], version);
    for (const word of [crds, controlPlane].filter((text) => text.endsWith('_VERSION'))) {
      assert.ok(
        found.explained.some((line) => line.startsWith(`${word}: `)),
        `${version}: ${word}`,
      );
    }
  }
  assert.match(chartVersions('edge-24.2.4').explained[0] ?? '', / --devel$/);
  assert.equal(extensionChartVersion('edge-26.6.3', 'linkerd-viz').controlPlane, '2026.6.3');
  assert.match(
    extensionChartVersion('stable-2.13.7', 'linkerd-viz').explained[0] ?? '',
    /APP VERSION is stable-2\.13\.7: helm search repo linkerd\/linkerd-viz --versions$/,
  );
});

test('Helm begins from the defaults of the new chart, and keeps what was set', () => {
  assert.deepEqual(helmUpgrade('linkerd-viz', 'viz', 'linkerd-edge/linkerd-viz', '2026.6.3', 'viz.yaml'), [
    'helm get values linkerd-viz -n viz -o yaml > viz.yaml',
    'helm upgrade linkerd-viz linkerd-edge/linkerd-viz -n viz --version 2026.6.3 --reset-values -f viz.yaml --atomic',
  ]);
});

test("the CLI of a version is asked of its channel's script, by name", () => {
  for (const [to, url] of [
    ['stable-2.14.10', 'https://run.linkerd.io/install'],
    ['edge-26.6.3', 'https://run.linkerd.io/install-edge'],
    ['enterprise-2.19.4', 'https://enterprise.buoyant.io/install'],
  ] as const) {
    const [task] = cli({ inventory: inventory(), from: 'stable-2.13.7', to, reached: false, isNext: true });
    assert.deepEqual(task?.commands, [
      `curl --proto '=https' --tlsv1.2 -sSfL ${url} | LINKERD2_VERSION=${to} sh`,
      'export PATH="$HOME/.linkerd2/bin:$PATH"',
      'linkerd version --client',
    ]);
  }
});

test('the CLI that renders is of the very version; one that only checks may be newer', () => {
  const state = (value: string, method: 'cli' | 'gitops') => {
    const installation: Installation = method === 'cli' ? { method } : { method, tool: 'Flux' };
    const [task] = cli({
      inventory: inventory({ cli: { state: 'known', value }, installation }),
      from: 'edge-25.10.7',
      to: 'edge-26.6.3',
      reached: false,
      isNext: true,
    });
    return task?.state;
  };
  assert.equal(state('edge-26.6.3', 'cli'), 'done');
  assert.equal(state('edge-26.7.1', 'cli'), 'open');
  assert.equal(state('edge-26.7.1', 'gitops'), 'done');
  assert.equal(state('edge-25.10.7', 'gitops'), 'open');
});

test('to 2.11 there is one chart, and the CRDs are part of it', () => {
  const installation = {
    method: 'helm',
    release: 'linkerd2',
    namespace: 'default',
    chart: 'linkerd2-2.10.2',
  } as const;
  const step = {
    inventory: inventory({ installation }),
    from: 'stable-2.10.2',
    to: 'stable-2.11.5',
    reached: false,
    isNext: true,
  };
  const way = byHelm(step, installation, '');
  assert.equal(way.crds, undefined);
  assert.deepEqual(way.controlPlane.commands, [
    'helm repo add linkerd https://helm.linkerd.io/stable',
    'helm repo update linkerd',
    'helm get values linkerd2 -n default -o yaml > values.yaml',
    'helm upgrade linkerd2 linkerd/linkerd2 -n default --version 2.11.5 --reset-values -f values.yaml --atomic',
  ]);
});
