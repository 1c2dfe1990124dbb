/** Preflights, waves, soaks, pace and gates of the machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanItem } from '../../src/rollout/plan/plan.ts';
import { candidates, namespacesInPlay } from '../../src/rollout/run/machine.ts';
import { item, trouble } from './fixtures.ts';
import { AT, BLIND, drive, finished, halfway, withPod } from './machine-driver.ts';

const inWave = (name: string, wave: number, changes: Partial<PlanItem> = {}) =>
  item(name, { wave, key: { namespace: name, kind: 'Deployment', name }, ...changes });
const twoWaves = (limits = {}) => drive([inWave('a', 0), inWave('b', 1)], { limits });

test('a blocker of the preflight halts before anything is patched', () => {
  const run = drive([item('a')]).preflight({
    findings: [
      { check: 'gitops', severity: 'warning', text: 'Flux manages books' },
      { check: 'injector', severity: 'blocker', text: 'the injector is down' },
      { check: 'target', severity: 'blocker', text: 'the injector gives another version' },
    ],
  });
  const { cause, scope, reason, details } = run.halt();
  assert.deepEqual([cause, scope, reason], ['preflight', 'run', 'the injector is down']);
  assert.deepEqual(details, ['the injector gives another version']);
  assert.deepEqual(run.run().warnings, ['Flux manages books']);
  assert.deepEqual(run.start().patched(), []);
});

test('what a preflight warns of, and what it could not look at, is kept once', () => {
  const findings = [
    { check: 'quota', severity: 'warning', text: 'the quota is nearly spent' },
    { check: 'certificates', severity: 'unknown', text: 'the issuer may not be read' },
  ] as const;
  const run = twoWaves().preflight({ findings }).start().finish('a').preflight({ findings });
  assert.deepEqual(run.run().warnings, ['the quota is nearly spent', 'the issuer may not be read']);
});

test('an exclusion of the preflight drops its workload with the reason, in this wave only', () => {
  const run = drive([inWave('a', 0), inWave('b', 0), inWave('c', 1)]);
  const because = (name: string) => ({ key: inWave(name, 0).key, reason: `${name} may not be patched` });
  run.preflight({ exclusions: [because('a'), because('c')] });
  assert.deepEqual(run.status('a'), { state: 'dropped', at: 0, reason: 'a may not be patched' });
  assert.deepEqual(run.states(), ['dropped', 'queued', 'queued']);
});

test('a preflight that cannot be made is tried again with pauses that grow, and says why', () => {
  const run = drive([item('a')]);
  for (const pause of [2, 4, 8, 16, 30, 30]) {
    run.send({ type: 'preflight-failed', wave: 0, message: 'the server does not answer' });
    const { phase } = run.run();
    assert.deepEqual(phase.phase === 'preflight' && [phase.retryAt - run.now(), phase.waitingFor], [
      pause,
      'the server does not answer',
    ]);
    const asked = run.count('preflight');
    run.at(run.now() + pause - 1).look();
    assert.equal(run.count('preflight'), asked);
    run
      .at(run.now() + 1)
      .look()
      .look();
    assert.equal(run.count('preflight'), asked + 1, 'once');
  }
  run.preflight().look();
  assert.deepEqual(run.patched(), ['a']);
});

test('a preflight is tried again also while the picture is not live', () => {
  const run = drive([item('a')]).send({ type: 'preflight-failed', wave: 0, message: 'away' });
  run.at(5).look({ gate: BLIND });
  assert.equal(run.count('preflight'), 2);
});

test('the answer to an earlier preflight changes nothing', () => {
  const run = twoWaves();
  run.send({ type: 'preflighted', wave: 1, report: { findings: [], exclusions: [], probes: [] } });
  assert.equal(run.phase(), 'preflight');
  run.preflight();
  run.send({ type: 'preflight-failed', wave: 0, message: 'late' });
  assert.equal(run.phase(), 'running');
});

test('a wave begins only when the one before is over, with a preflight of its own', () => {
  const run = drive([inWave('a', 0), inWave('a2', 0), inWave('b', 1)], { limits: { maxParallel: 5 } });
  run.preflight().start().finish('a');
  assert.deepEqual(run.patched(), ['a', 'a2']);
  run.finish('a2');
  assert.equal(run.phase(), 'preflight');
  assert.deepEqual(run.commands.at(-1), { type: 'preflight', wave: 1 });
  run.look();
  assert.deepEqual(run.patched(), ['a', 'a2']);
  run.preflight().start().finish('b');
  assert.deepEqual([run.phase(), run.patched()], ['done', ['a', 'a2', 'b']]);
});

test('between two waves the run soaks, and not after the last one', () => {
  const run = twoWaves({ soakSeconds: 60 }).preflight().start().at(10).finish('a');
  assert.deepEqual(run.run().phase, { phase: 'soaking', wave: 0, since: 10, until: 70 });
  run.at(69).look();
  assert.equal(run.phase(), 'soaking');
  run.at(70).look();
  assert.equal(run.phase(), 'preflight');
  run.preflight().start().finish('b');
  assert.equal(run.phase(), 'done');
});

test('a wave that restarted nothing is not soaked', () => {
  const run = twoWaves({ soakSeconds: 60 }).preflight();
  run.look({ decisions: { a: { decision: 'drop', reason: 'current' } } }).look();
  assert.deepEqual(run.run().phase.phase, 'preflight');
});

test('time in which nothing is seen is no soak', () => {
  const run = twoWaves({ soakSeconds: 60 }).preflight().start().finish('a');
  run.at(100).look({ gate: BLIND }).at(159).look();
  assert.equal(run.phase(), 'soaking');
  run.at(160).look();
  assert.equal(run.phase(), 'preflight');
});

test('trouble of the control plane halts a soak, too', () => {
  const run = twoWaves({ soakSeconds: 60 }).preflight().start().finish('a');
  run.look({ gate: { blocked: ['the proxy injector is down'] } });
  assert.deepEqual([run.halt().cause, run.halt().scope, run.halt().workload], ['injector', 'run', undefined]);
});

test('the control plane halts the run when it forbids going on, whatever rolls', () => {
  const run = twoWaves().preflight().start();
  run.look({ gate: { blocked: ['the control plane is half rolled'] } });
  assert.equal(run.halt().cause, 'control-plane');
  assert.deepEqual(run.halt().nextSteps, ['linkerd check', 'kubectl linkerd-upgrade restart --resume run-1']);
  run.finish('a').look();
  assert.deepEqual([run.states(), run.patched()], [['done', 'queued'], ['a']]);
});

test('one restart of the control plane slows down and warns; two of one pod halt', () => {
  const gate = (...restarts: readonly (readonly [string, number])[]) => ({
    gate: { controlPlaneRestarts: new Map(restarts) },
  });
  const run = drive([item('a', { pods: 4 })], { limits: { startsPerMinute: 80 } }).preflight();
  run.start(gate(['destination-x', 3], ['identity-y', 0]));
  assert.equal(run.run().startsPerMinute, 20);
  run.look(gate(['destination-x', 4], ['identity-y', 0]));
  run.look(gate(['destination-x', 4], ['identity-y', 0]));
  assert.equal(run.run().startsPerMinute, 10, 'halved once');
  assert.match(run.run().warnings.join('\n'), /pod destination-x of the control plane restarted/);
  run.look(gate(['destination-x', 4], ['identity-y', 1], ['identity-new', 7]));
  assert.equal(run.phase(), 'running');
  run.look(gate(['destination-x', 5]));
  assert.match(run.halt().reason, /destination-x of the control plane restarted 2 times/);
  assert.equal(run.halt().cause, 'control-plane');
  run
    .send({ type: 'proceed' })
    .look(gate(['destination-x', 5]))
    .look(gate(['destination-x', 6]));
  assert.equal(run.phase(), 'preflight', 'the operator has seen those, and one more is a wobble');
});

const big = (name: string, pods: number, wave = 0) => inWave(name, wave, { pods });

test('the pace begins at a quarter, doubles after clean waves up to the limit, and halves on trouble', () => {
  const waves = [0, 1, 2, 3].map((wave) => inWave(`w${wave}`, wave));
  const run = drive(waves, { limits: { startsPerMinute: 60 } });
  const paces: number[] = [];
  for (const wave of [0, 1, 2]) {
    paces.push(run.run().startsPerMinute);
    run.preflight().start().finish(`w${wave}`);
  }
  paces.push(run.run().startsPerMinute);
  assert.deepEqual(paces, [15, 30, 60, 60]);

  const troubled = drive(waves, { limits: { startsPerMinute: 60 } })
    .preflight()
    .look();
  troubled.refuse('w0', 'busy').at(5).start().finish('w0');
  assert.equal(troubled.run().startsPerMinute, 7, 'halved, and not doubled after that wave');
  troubled.preflight().at(70).start().finish('w1');
  assert.equal(troubled.run().startsPerMinute, 14, 'the next wave was clean');
  assert.equal(drive([item('a')], { limits: { startsPerMinute: 2 } }).run().startsPerMinute, 1);
});

test('a failed workload and an autoscaler that wants more pods halve the pace', () => {
  const failed = drive([inWave('a', 0), inWave('b', 0)], {
    limits: { startsPerMinute: 40, failureBudget: 1 },
  });
  failed.preflight().start();
  failed.look({
    pods: { a: withPod(inWave('a', 0), { trouble: trouble('container app: CrashLoopBackOff') }) },
  });
  assert.equal(failed.run().startsPerMinute, 5);
  const jumped = drive([big('a', 2)], { limits: { startsPerMinute: 40 } })
    .preflight()
    .start();
  jumped.look({ pods: { a: halfway(big('a', 2), 1) } });
  jumped.look({ pods: { a: halfway(big('a', 6), 1) } });
  jumped.look({ pods: { a: halfway(big('a', 6), 1) } });
  assert.equal(jumped.run().startsPerMinute, 5);
});

test('pods that start, and those still to come, keep within the pace of any minute', () => {
  const items = [big('a', 6), big('b', 6), big('c', 3)];
  const run = drive(items, { limits: { startsPerMinute: 48, maxParallel: 5 } })
    .preflight()
    .start();
  assert.deepEqual(run.patched(), ['a', 'b'], 'twelve a minute');
  assert.deepEqual(run.status('c'), { state: 'queued', waitingFor: 'the pace: 12 pod starts a minute' });
});

test('a workload of the whole pace fits exactly, and a later one waits until the minute is over', () => {
  const items = [big('a', 6), big('b', 6), big('c', 1)];
  const run = drive(items, { limits: { startsPerMinute: 48, maxParallel: 5 } }).preflight();
  run.look().accept();
  assert.deepEqual(run.patched(), ['a', 'b']);
  run.at(10).finish('a', 'b');
  run.at(69).look();
  assert.deepEqual(run.patched(), ['a', 'b']);
  assert.equal(run.status('c').state === 'queued' && 'waitingFor' in run.status('c'), true);
  run.at(71).look();
  assert.deepEqual(run.patched(), ['a', 'b', 'c']);
});

test('pods that are slow to start keep their place in the pace until they are seen', () => {
  const items = [inWave('a', 0, { pods: 10, deadlineSeconds: 600 }), big('b', 4)];
  const run = drive(items, { limits: { startsPerMinute: 48, maxParallel: 5 } })
    .preflight()
    .start();
  run.at(300).look({ pods: { a: halfway(big('a', 10), 8) } });
  run.at(360).look({ pods: { a: halfway(big('a', 10), 8) } });
  assert.deepEqual(run.patched(), ['a']);
  run.at(361).look({ pods: { a: halfway(big('a', 10), 8) } });
  assert.deepEqual(run.patched(), ['a', 'b'], 'two to come and four more are no more than twelve');
});

test('a workload larger than the whole pace goes alone, and nothing overtakes it', () => {
  const items = [big('a', 2), big('huge', 100), big('b', 1)];
  const run = drive(items, { limits: { startsPerMinute: 48, maxParallel: 5 } })
    .preflight()
    .start();
  assert.deepEqual(run.patched(), ['a']);
  run.finish('a').at(60).look();
  assert.deepEqual(run.patched(), ['a']);
  run.at(61).look().accept().look();
  assert.deepEqual(run.patched(), ['a', 'huge']);
});

const sick = (...names: readonly string[]) =>
  new Map([['books', new Map(names.map((name) => [name, `pod ${name} is in trouble`]))]]);

test('a namespace that became worse holds up its next workload, and fails it after the deadline', () => {
  const run = drive([item('a'), item('b')])
    .preflight()
    .start({ sick: sick('old') })
    .finish('a');
  run.look({ sick: sick('old', 'new') });
  assert.deepEqual(run.status('b'), {
    state: 'queued',
    waitingFor: 'namespace books to recover: pod new is in trouble',
  });
  run.at(30).look({ sick: sick('old') });
  assert.deepEqual(run.patched(), ['a', 'b'], 'what was sick before the wave does not count');

  const worse = drive([item('a'), item('b')])
    .preflight()
    .start()
    .finish('a')
    .look({ sick: sick('new') });
  worse.at(61).look({ sick: sick('new') });
  assert.equal(worse.halt().cause, 'namespace');
  assert.match(worse.halt().reason, /namespace books did not recover for 60 s: pod new is in trouble/);
});

test('the pods of a workload that rolls are judged by its proof, not as trouble of the namespace', () => {
  const run = drive([item('a'), item('b')], { limits: { maxParallel: 2, perNamespace: 2 } });
  run
    .preflight()
    .look({ decisions: { b: { decision: 'wait', reason: 'rolling' } } })
    .accept();
  run.look({ sick: sick('a-old-0') });
  assert.deepEqual(run.patched(), ['a', 'b']);
});

test('a pod of the same name that rolls in another namespace excuses nothing here', () => {
  const elsewhere = item('a', { key: { namespace: 'other', kind: 'StatefulSet', name: 'a' } });
  const run = drive([item('first'), elsewhere, item('second')], { limits: { maxParallel: 2 } })
    .preflight()
    .start()
    .finish('first')
    .look({ sick: sick('a-old-0') });
  assert.match(JSON.stringify(run.status('second')), /namespace books to recover: pod a-old-0/);
});

test('pods are looked at where a workload is next, and everywhere once the wave may end', () => {
  const inOther = item('c', { key: { namespace: 'other', kind: 'Deployment', name: 'c' } });
  const run = drive([item('a'), inOther, inWave('d', 1)], { limits: { maxParallel: 1, soakSeconds: 10 } });
  const looked = () => {
    const restart = ({ item: one }: { item: PlanItem }) =>
      ({ decision: 'restart', item: one, restartedAt: AT }) as const;
    const next = candidates(run.state(), run.now()).flatMap((index) => {
      const step = run.run().steps[index];
      return step ? [[index, restart(step)] as const] : [];
    });
    return [...namespacesInPlay(run.state(), new Map(next), run.now())].sort();
  };
  run.preflight();
  assert.deepEqual(looked(), ['books']);
  run.start();
  assert.deepEqual(looked(), [], 'nobody is next, and c is still to come');
  run.finish('a');
  assert.deepEqual(looked(), ['books', 'other'], 'c is the last of its wave, which may be dropped');
  run.start();
  assert.deepEqual(looked(), ['books', 'other']);
  run.finish('c');
  assert.deepEqual([run.phase(), looked()], ['soaking', []]);
  run.at(10);
  assert.deepEqual(looked(), ['books', 'other']);
});

test('the pods of a workload that failed within the budget hold up nobody once more', () => {
  const run = drive([item('a'), item('b')], { limits: { failureBudget: 1 } })
    .preflight()
    .start();
  run.look({ pods: { a: withPod(item('a'), { trouble: trouble('container app: CrashLoopBackOff') }) } });
  run.look({ sick: sick('a-new') });
  assert.deepEqual(
    [run.states(), run.patched()],
    [
      ['failed', 'patching'],
      ['a', 'b'],
    ],
  );
});

test('a wave is not over while it left a namespace worse than it was, and halts when that lasts', () => {
  const run = drive([item('a'), inWave('b', 1)], { limits: { deadlineSeconds: 60 } })
    .preflight()
    .start();
  const over = { pods: { a: finished(item('a')) }, sick: sick('new') };
  run.look(over);
  assert.deepEqual(run.run().phase, {
    phase: 'running',
    wave: 0,
    waitingFor: 'namespace books: pod new is in trouble',
  });
  run.at(30).look();
  assert.equal(run.phase(), 'preflight', 'it recovered');

  const halted = drive([item('a'), item('b', { wave: 1 })], { limits: { deadlineSeconds: 60 } })
    .preflight()
    .start();
  halted
    .look(over)
    .at(61)
    .look({ sick: sick('new') });
  assert.deepEqual([halted.halt().cause, halted.halt().scope], ['namespace', 'wave']);
  halted
    .send({ type: 'proceed' })
    .preflight()
    .start({ sick: sick('new') });
  assert.deepEqual(halted.patched(), ['a', 'b'], 'the operator has seen it');
});

test('the soak lasts until the namespaces of its wave are as they were', () => {
  const run = drive([item('a'), inWave('b', 1)], { limits: { soakSeconds: 10 } })
    .preflight()
    .start()
    .finish('a');
  run.at(10).look({ sick: sick('new') });
  assert.equal(run.phase(), 'soaking');
  run.at(20).look();
  assert.equal(run.phase(), 'preflight');
});
