import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { dryRunOf } from '../../src/cli/dry-run.ts';
import { limitsOf } from '../../src/cli/limits.ts';
import { UsageError } from '../../src/cli/pflag.ts';
import { parseDuration } from '../../src/cli/values.ts';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';

const usage = (message: RegExp) => (error: unknown) =>
  error instanceof UsageError && message.test(error.message);

for (const [text, seconds] of [
  ['30s', 30],
  ['5m', 300],
  ['1h30m', 5400],
  ['1.5h', 5400],
  ['250ms', 0.25],
  ['0', 0],
  ['0s', 0],
  ['90', undefined],
  ['', undefined],
  ['-5s', undefined],
  ['5 s', undefined],
  ['5x', undefined],
  ['s', undefined],
] as const) {
  test(`the duration ${JSON.stringify(text)} is ${seconds === undefined ? 'none' : `${seconds} s`}`, () => {
    assert.equal(parseDuration(text), seconds);
  });
}

test('limits are what the flags say, and the given ones where they say nothing', () => {
  assert.deepEqual(limitsOf(parseArguments(['restart'])), DEFAULT_LIMITS);
  const recorded = { ...DEFAULT_LIMITS, maxParallel: 7, deadlineSeconds: 90 };
  const flags = ['--soak=0', '--starts-per-minute', '12', '--failure-budget=2', '--workload-soak=1m'];
  assert.deepEqual(limitsOf(parseArguments(['restart', ...flags]), recorded), {
    maxParallel: 7,
    perNamespace: 1,
    startsPerMinute: 12,
    soakSeconds: 0,
    workloadSoakSeconds: 60,
    deadlineSeconds: 90,
    failureBudget: 2,
  });
  assert.equal(limitsOf(parseArguments(['--timeout=10m', '--max-parallel=1'])).deadlineSeconds, 600);
});

for (const [flag, value, example] of [
  ['max-parallel', '0', /--max-parallel=2/],
  ['max-parallel', '1.5', /--max-parallel=2/],
  ['starts-per-minute', '-3', /--starts-per-minute=2/],
  ['starts-per-minute', 'many', /--starts-per-minute=2/],
  ['failure-budget', '', /--failure-budget=2/],
  ['soak', '60', /--soak=90s/],
  ['workload-soak', 'long', /--workload-soak=90s/],
  ['timeout', '5', /--timeout=90s/],
  ['timeout', '0', /--timeout=10m/],
] as const) {
  test(`--${flag}=${value} is refused with an example`, () => {
    assert.throws(() => limitsOf(parseArguments([`--${flag}=${value}`])), usage(example));
  });
}

test('--dry-run takes the words of kubectl, and its value only after =', () => {
  assert.equal(dryRunOf(parseArguments(['restart'])), 'none');
  assert.equal(dryRunOf(parseArguments(['restart', '--dry-run=none'])), 'none');
  assert.equal(dryRunOf(parseArguments(['restart', '--dry-run=client'])), 'client');
  assert.equal(dryRunOf(parseArguments(['restart', '--dry-run=server'])), 'server');
  const bare = parseArguments(['restart', '--dry-run', 'server']);
  assert.deepEqual(bare.operands, ['server']);
  assert.throws(() => dryRunOf(bare), usage(/flag without a value was specified.*--dry-run=server/));
  assert.throws(() => dryRunOf(parseArguments(['--dry-run=true'])), usage(/invalid --dry-run value "true"/));
});
