import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextUpgrade, plannedStep, severity, skewOf, worst } from '../../src/mesh/skew.ts';
import type { SkewClass } from '../../src/mesh/view.ts';

const none: Readonly<Record<SkewClass, number>> = {
  violation: 0,
  unknown: 0,
  ahead: 0,
  'behind-one': 0,
  behind: 0,
  current: 0,
};

test('a proxy has a class against the control plane', async (t) => {
  const rows: readonly [proxy: string, version: string, target: string, skewClass: SkewClass][] = [
    // Same release.
    ['edge-25.10.7', 'edge-25.10.7', 'edge-25.10.7', 'current'],
    ['edge-25.11.1', 'edge-25.12.1', 'edge-25.12.1', 'behind'],
    ['edge-25.12.1', 'edge-25.11.1', 'edge-25.11.1', 'ahead'],
    ['stable-2.14.6', 'stable-2.14.10', 'stable-2.14.10', 'behind'],
    ['stable-2.12.0-rc2', 'stable-2.12.0', 'stable-2.12.0', 'behind'],
    // Other channels and builds of one release: nobody knows which is newer, so not ahead.
    ['edge-24.1.1', 'stable-2.14.10', 'stable-2.14.10', 'behind'],
    ['enterprise-2.15.1-1-hazl', 'enterprise-2.15.1-1', 'enterprise-2.15.1-1-hazl', 'current'],
    ['enterprise-2.15.1-1-hazl', 'enterprise-2.15.1-1', 'enterprise-2.15.1-1', 'behind'],
    // By release.
    ['edge-25.4.4', 'edge-25.10.7', 'edge-25.10.7', 'behind-one'],
    ['stable-2.13.7', 'stable-2.14.0', 'stable-2.14.0', 'behind-one'],
    ['edge-24.11.8', 'edge-25.10.7', 'edge-25.10.7', 'violation'],
    ['stable-2.14.10', 'edge-25.10.7', 'edge-25.10.7', 'violation'],
    ['edge-25.10.7', 'edge-25.4.4', 'edge-25.4.4', 'ahead'],
    ['enterprise-2.20.2', 'edge-25.10.7', 'edge-25.10.7', 'ahead'],
    // A global pin: its string is the target, but of another release than the control plane's.
    ['edge-24.8.2', 'edge-25.10.7', 'edge-24.8.2', 'violation'],
    ['edge-25.4.4', 'edge-25.10.7', 'edge-25.4.4', 'behind-one'],
    ['edge-26.6.3', 'edge-25.10.7', 'edge-26.6.3', 'ahead'],
    ['edge-25.11.1', 'edge-25.12.1', 'edge-25.11.1', 'current'],
    ['edge-25.12.1', 'edge-25.12.1', 'edge-25.11.1', 'current'],
    // The control plane's own version is behind once a newer one, or one without an order, is injected.
    ['edge-25.11.1', 'edge-25.11.1', 'edge-25.12.1', 'behind'],
    ['enterprise-2.15.1-1', 'enterprise-2.15.1-1', 'enterprise-2.15.1-1-hazl', 'behind'],
    // Where the table ends, never a violation by guess.
    ['edge-25.10.7', 'edge-26.9.1', 'edge-26.9.1', 'behind-one'],
    ['edge-25.4.4', 'edge-26.9.1', 'edge-26.9.1', 'violation'],
    ['edge-26.6.3', 'edge-26.9.1', 'edge-26.9.1', 'behind'],
    ['edge-26.7.1', 'edge-26.9.1', 'edge-26.9.1', 'behind'],
    ['edge-26.9.1', 'edge-26.7.1', 'edge-26.7.1', 'ahead'],
    ['enterprise-2.20.2', 'edge-26.9.1', 'edge-26.9.1', 'behind'],
    ['enterprise-2.21.0', 'edge-26.9.1', 'edge-26.9.1', 'unknown'],
    ['edge-26.9.1', 'enterprise-2.22.0', 'enterprise-2.22.0', 'unknown'],
    ['edge-26.9.1', 'edge-26.6.3', 'edge-26.6.3', 'ahead'],
    ['edge-20.1.1', 'edge-20.11.1', 'edge-20.11.1', 'behind-one'],
    ['edge-20.1.1', 'stable-2.10.0', 'stable-2.10.0', 'violation'],
    // Not known.
    ['', 'edge-25.10.7', 'edge-25.10.7', 'unknown'],
    ['edge-25.10.7', '', '', 'unknown'],
    ['latest', 'edge-25.10.7', 'edge-25.10.7', 'unknown'],
    ['latest', 'edge-25.10.7', 'latest', 'unknown'],
    ['dev-undefined', 'edge-25.10.7', 'edge-25.10.7', 'unknown'],
    ['git-cb21f1bc', 'git-cb21f1bc', 'git-cb21f1bc', 'current'],
    ['edge-25.10.7', 'git-cb21f1bc', 'git-cb21f1bc', 'unknown'],
  ];
  for (const [proxy, version, target, skewClass] of rows) {
    await t.test(
      `${proxy || '(none)'} under ${version || '(none)'}, injecting ${target || '(none)'}: ${skewClass}`,
      () => {
        const skew = skewOf(proxy, { version, target });
        assert.equal(skew.class, skewClass, skew.reason);
        assert.notEqual(skew.reason, '');
      },
    );
  }
});

test('the reason of a class says what was compared', () => {
  const reason = (proxy: string, version: string): string =>
    skewOf(proxy, { version, target: version }).reason;
  assert.equal(
    reason('edge-24.11.8', 'edge-25.10.7'),
    "edge-24.11.8 (2.17) is 2 releases behind the control plane's edge-25.10.7 (2.19); more than one is not supported",
  );
  assert.match(reason('edge-25.4.4', 'edge-26.9.1'), /is at least 2 releases behind .* \(2\.20 or later\)/);
  assert.equal(reason('latest', 'edge-25.10.7'), '"latest" is not a Linkerd version');
  assert.equal(reason('git-abc', 'edge-25.10.7'), 'nobody can say which release git-abc belongs to');
});

test('the worst class present is the most severe one', () => {
  assert.equal(worst(none), undefined);
  for (const [index, skewClass] of severity.entries()) {
    const present = { ...none };
    for (const milder of severity.slice(index)) present[milder] = 1;
    assert.equal(worst(present), skewClass);
  }
});

test('the next upgrade of the control plane waits for proxies a release behind', () => {
  assert.equal(nextUpgrade({ ...none, current: 5, behind: 3, ahead: 1 }).violates, false);
  assert.deepEqual(nextUpgrade({ ...none, 'behind-one': 2, violation: 1 }), {
    violates: true,
    proxies: 3,
    reason:
      '3 proxies are a release behind already: restart them before the control plane goes to its next release',
  });
  assert.match(nextUpgrade({ ...none, unknown: 1 }).reason, /1 version cannot be judged/);
});

test('a planned step may not skip a release', () => {
  assert.equal(plannedStep('edge-25.4.4', 'edge-25.10.7').supported, true);
  assert.equal(plannedStep('edge-25.10.7', 'edge-25.12.1').supported, true);
  assert.equal(plannedStep('edge-24.11.8', 'edge-25.10.7').supported, false);
  assert.equal(plannedStep('edge-25.10.7', 'edge-25.4.4').supported, false);
  assert.equal(plannedStep('edge-25.10.7', 'edge-26.9.1').supported, undefined);
  assert.equal(plannedStep('dev-undefined', 'edge-26.6.3').supported, undefined);
});
