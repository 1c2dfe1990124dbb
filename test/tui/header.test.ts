import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveView } from '../../src/live/view.ts';
import { type HeaderInput, headerLines } from '../../src/tui/screens/header.ts';
import { warningsOf } from '../../src/tui/screens/warnings.ts';
import { textOf, widthOfSpans } from '../../src/tui/text/line.ts';
import { themeFor } from '../../src/tui/theme/theme.ts';
import { halt, plan, planItem, recorded, run } from '../support/runs.ts';
import { CURRENT } from '../support/views.ts';
import { smallCluster } from './fixtures.ts';

process.env.TZ = 'UTC';

const theme = themeFor({ LANG: 'C.UTF-8' });

function header(view: LiveView, changes: Partial<HeaderInput> = {}): string[] {
  const size = { columns: 120, rows: 40 };
  const input = {
    view,
    run: undefined,
    unfinished: undefined,
    now: 1000,
    readOnly: false,
    size,
    theme,
    ...changes,
  };
  return headerLines(input).map((line) => textOf(line).trimEnd());
}

test('the live state is said in words', () => {
  const state = (freshness: LiveView['freshness'], now: number) =>
    header(smallCluster({ freshness }), { now })[0]?.replace(/^.* {3}/, '');
  const reason = 'connection reset';
  assert.equal(state({ state: 'live' }, 0), '● live');
  assert.equal(state({ state: 'loading', objects: 12_000 }, 0), '◌ loading, 12,000 objects read');
  assert.equal(state({ state: 'reconnecting', retryAt: 1002.5, reason }, 1000), '◌ reconnecting (3 s)');
  assert.equal(state({ state: 'reconnecting', retryAt: 900, reason }, 1000), '◌ reconnecting (0 s)');
  const since = Date.UTC(2026, 10, 21, 12, 3, 10) / 1000;
  assert.equal(state({ state: 'stale', since, retryAt: 0, reason }, since + 60), '✗ stale since 12:03:10');
});

test('warnings are whole sentences that name what is wrong and what follows', () => {
  const reason = 'no replica is available.';
  const texts = (failurePolicy: string) =>
    warningsOf(
      smallCluster({
        controlPlane: {
          injector: { state: 'down', reason },
          failurePolicy,
          halfRolled: 'identity runs edge-26.6.1',
          others: [
            { namespace: 'linkerd-old', proxies: 1, exists: false },
            { namespace: 'linkerd-b', proxies: 14, exists: true },
          ],
        },
        freshness: { state: 'stale', since: 0, retryAt: 0, reason: 'connection refused' },
        unreadable: [{ what: 'pods in namespace lab', why: 'forbidden' }],
      }),
    ).map(({ text }) => text);
  assert.deepEqual(texts('Ignore'), [
    'The injector is down: no replica is available. New pods would start without a proxy.',
    'The control plane is half rolled: identity runs edge-26.6.1.',
    'No contact with the API server: connection refused.',
    '1 proxy belongs to a control plane that does not exist, in namespace linkerd-old.',
    '14 proxies belong to another control plane, in namespace linkerd-b.',
    'Not readable: pods in namespace lab (forbidden).',
  ]);
  assert.match(texts('Fail')[0] ?? '', /New pods would be refused\.$/);
  assert.deepEqual(warningsOf(smallCluster()), []);
});

test('what there is no room for is counted, and the help has it all', () => {
  const unreadable = Array.from({ length: 6 }, (_, index) => ({
    what: `pods in ns-${index}`,
    why: 'forbidden',
  }));
  const lines = header(smallCluster({ unreadable }), { size: { columns: 80, rows: 24 } });
  assert.match(lines.at(-1) ?? '', /ns-1.*\+4 more, \? lists them$/);
});

test('a component that is not ready or runs another version says so', () => {
  const lines = header(
    smallCluster({
      controlPlane: {
        ready: false,
        components: [
          { name: 'destination', version: CURRENT, ready: 2, replicas: 3 },
          { name: 'identity', version: 'edge-26.6.1', ready: 3, replicas: 3 },
        ],
      },
    }),
  );
  assert.equal(
    lines[1],
    'Control plane  edge-26.8.3  release 2.20, edge  ! not ready   destination 2/3  identity 3/3 edge-26.6.1',
  );
});

test('an unknown control plane and an empty data plane are said, not left blank', () => {
  const lines = header(
    smallCluster({
      namespaces: [],
      controlPlane: { version: '', release: '', channel: '', components: [] },
      cluster: { kubernetesVersion: '', context: '' },
    }),
  );
  assert.match(lines[0] ?? '', /^https:\/\/127\.0\.0\.1:6443 /);
  assert.equal(lines[1], 'Control plane  version unknown');
  assert.equal(lines[2], 'Data plane     no proxies');
});

test('the run has a badge in the header, in every phase', () => {
  const items = [planItem('shop', 'web'), planItem('shop', 'db')];
  for (const [phase, badge] of [
    [{ phase: 'preflight', wave: 0, since: 1, retryAt: 0, waitingFor: '' }, '↻ run checking 1/2'],
    [{ phase: 'running', wave: 0 }, '↻ run 1/2'],
    [{ phase: 'soaking', wave: 0, since: 1, until: 2 }, '◔ run soaking 1/2'],
    [{ phase: 'paused', wave: 0, since: 1 }, '‖ run paused 1/2'],
    [{ phase: 'aborting', wave: 0, since: 1 }, '↻ run ending 1/2'],
    [{ phase: 'aborted', at: 1 }, '– run aborted 1/2'],
    [{ phase: 'done', at: 1 }, '✓ run done 1/2'],
    [{ phase: 'halted', wave: 0, halt: halt() }, '✗ run halted 1/2'],
  ] as const) {
    const current = run(items, [{ state: 'done', since: 0, at: 1, pods: 3 }], {
      phase,
      plan: plan({ items }),
    });
    assert.ok(header(smallCluster(), { run: current })[0]?.includes(badge), badge);
  }
});

test('at no size is a line longer than the window, and time changes no number of lines', () => {
  const view = smallCluster({
    cluster: { context: 'a-context-with-a-very-long-name-and-本番-in-it'.repeat(3) },
    controlPlane: { halfRolled: 'something long '.repeat(20) },
    freshness: { state: 'reconnecting', retryAt: 1010, reason: 'reset' },
  });
  const unfinished = recorded(run([planItem('shop', 'web')], []), 900);
  for (let columns = 40; columns <= 220; columns += 3) {
    for (const rows of [8, 12, 19, 20, 24, 30, 60]) {
      const size = { columns, rows };
      const at = (now: number) =>
        headerLines({ view, run: undefined, unfinished, now, readOnly: false, size, theme });
      for (const line of at(1000))
        assert.ok(widthOfSpans(line.spans) <= columns, `${textOf(line)} at ${columns}`);
      assert.equal(at(1000).length, at(1009.5).length);
      assert.ok(at(1000).length < rows / 2, `${at(1000).length} of ${rows} rows`);
    }
  }
});

test('while the first lists arrive nothing is called unknown, down or half rolled', () => {
  const unread = {
    version: '',
    ready: false,
    components: [{ name: 'identity', version: '', ready: 0, replicas: 1 }],
    injector: { state: 'unknown', reason: 'neither its Deployment nor its pods have been read' },
    halfRolled: 'identity runs nothing yet',
  } as const;
  const loading = smallCluster({
    controlPlane: unread,
    totals: { proxies: 0 },
    freshness: { state: 'loading', objects: 7 },
  });
  assert.deepEqual(warningsOf(loading), []);
  const text = header(loading).join('\n');
  assert.match(text, /Control plane +loading/);
  assert.match(text, /Data plane +loading/);
  assert.doesNotMatch(text, /unknown|not ready|no version|no proxies/);
  const live: LiveView = { ...loading, freshness: { state: 'live' } };
  assert.equal(warningsOf(live).length, 2);
  assert.match(header(live).join('\n'), /version unknown/);
});

test('a cluster without Linkerd is called that, and nothing of it is called broken', () => {
  const view = smallCluster({
    controlPlane: {
      version: '',
      evidence: 'none',
      components: [],
      injector: { state: 'unknown', reason: 'nothing has been found' },
    },
    totals: { proxies: 0 },
  });
  assert.match(header(view).join('\n'), /Control plane +no Linkerd in namespace linkerd/);
  assert.deepEqual(warningsOf(view), []);
});

test('one injector that may be skipped is worth a quiet word', () => {
  const alone = (replicas: number, failurePolicy: string) =>
    header(
      smallCluster({
        controlPlane: {
          failurePolicy,
          components: [{ name: 'proxy-injector', version: CURRENT, ready: replicas, replicas }],
        },
      }),
    ).some((line) => line.endsWith('policy Ignore'));
  assert.equal(alone(1, 'Ignore'), true);
  assert.equal(alone(3, 'Ignore'), false);
  assert.equal(alone(1, 'Fail'), false);
});

test('a long warning is said in full where the header has lines to spare', () => {
  const view = smallCluster({
    controlPlane: {
      injector: {
        state: 'down',
        reason: 'Deployment linkerd/linkerd-proxy-injector has no available replica (0 of 1)',
      },
      failurePolicy: 'Ignore',
    },
  });
  const size = { columns: 80, rows: 30 };
  assert.match(
    header(view, { size }).join(' ').replace(/ +/g, ' '),
    /New pods would start without a proxy\./,
  );
});

test('a run left unfinished is named with its key, until this session has a run or may not write', () => {
  const items = [planItem('shop', 'web'), planItem('shop', 'db')];
  const unfinished = recorded(run(items, [{ state: 'done', since: 0, at: 1, pods: 3 }]), 900);
  const hint = '! Run run-1 is unfinished: 1 of 2 workloads restarted. R shows it and takes it up.';
  assert.ok(header(smallCluster(), { unfinished }).includes(hint));
  for (const changes of [{ readOnly: true }, { run: run(items, []) }]) {
    assert.ok(!header(smallCluster(), { unfinished, ...changes }).includes(hint));
  }
});
