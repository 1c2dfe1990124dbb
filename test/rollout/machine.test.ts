/** Turns, patches, deadlines and failures of the machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atRest } from '../../src/rollout/run/machine.ts';
import { item, NEW, OLD, pod, trouble } from './fixtures.ts';
import { AT, BLIND, drive, finished, halfway, withPod } from './machine-driver.ts';

const two = () => drive([item('a'), item('b')]).preflight();

test('nothing is patched before the preflight has been answered', () => {
  const run = drive([item('a')]);
  assert.deepEqual(run.commands, [{ type: 'preflight', wave: 0 }]);
  run.look();
  assert.deepEqual([run.phase(), run.patched()], ['preflight', []]);
  run.preflight().look();
  assert.deepEqual([run.phase(), run.patched()], ['running', ['a']]);
});

test('restarts one workload after the other, each only after the proof of the one before', () => {
  const run = two().start();
  assert.deepEqual(run.patched(), ['a']);
  run.look();
  assert.equal(run.status('a').state, 'rolling');
  assert.deepEqual(run.patched(), ['a'], 'nothing else starts while a workload rolls');
  run.finish('a').start();
  assert.deepEqual(run.states(), ['done', 'rolling']);
  run.finish('b');
  assert.equal(run.phase(), 'done');
  assert.deepEqual(run.patched(), ['a', 'b']);
});

test('several at a time, but never more than allowed in all and in one namespace', () => {
  const of = (namespace: string, name: string) =>
    item(name, { key: { namespace, kind: 'Deployment', name } });
  const items = [of('x', 'x1'), of('x', 'x2'), of('y', 'y1'), of('z', 'z1'), of('w', 'w1')];
  const run = drive(items, { limits: { maxParallel: 3 } })
    .preflight()
    .start();
  assert.deepEqual(run.patched(), ['x1', 'y1', 'z1']);
  run.finish('y1').start();
  assert.deepEqual(run.patched(), ['x1', 'y1', 'z1', 'w1']);
  run.finish('x1').start();
  assert.deepEqual(run.patched(), ['x1', 'y1', 'z1', 'w1', 'x2']);
  const wider = drive(items, { limits: { maxParallel: 5, perNamespace: 2 } })
    .preflight()
    .start();
  assert.deepEqual(wider.patched(), ['x1', 'x2', 'y1', 'z1', 'w1']);
});

test('a failure that concerns every workload halts at once, names what is to blame, and nothing is patched after it', () => {
  const run = drive([item('a'), item('b')], { limits: { failureBudget: 5 } })
    .preflight()
    .start();
  run.look({ pods: { a: withPod(item('a'), { proxy: undefined }) } });
  const halt = run.halt();
  assert.deepEqual(
    [halt.scope, halt.cause, halt.reason, halt.pod, halt.workload?.name],
    ['run', 'no-proxy', 'pod a-new came up without a proxy', 'a-new', 'a'],
  );
  run.start().start();
  assert.deepEqual([run.patched(), run.states()], [['a'], ['failed', 'queued']]);
});

test('the failure budget counts failures of single workloads, and its end halts the wave', () => {
  const run = drive([item('a'), item('b'), item('c')], { limits: { failureBudget: 1 } }).preflight();
  const crash = (name: string) => ({
    pods: { [name]: withPod(item(name), { restarted: trouble(`pod ${name} restarted app once`) }) },
  });
  run.start().look(crash('a'));
  assert.deepEqual([run.phase(), run.states()], ['running', ['failed', 'queued', 'queued']]);
  run.start().look(crash('b'));
  const halt = run.halt();
  assert.deepEqual([halt.scope, halt.cause, halt.container], ['wave', 'crash-loop', 'app']);
  assert.ok(halt.details.includes('2 workloads failed, which is more than the failure budget of 1'));
  assert.equal(run.start().patched().length, 2);
});

test('the canary is allowed no failure', () => {
  const run = drive([item('a'), item('b', { wave: 1 })], {
    limits: { failureBudget: 3 },
    waves: ['canary', 'namespaces'],
  });
  run.preflight().start();
  run.look({ pods: { a: withPod(item('a'), { trouble: trouble('container app: CrashLoopBackOff') }) } });
  assert.equal(run.halt().scope, 'wave');
});

test('after a halt what was patched is watched to its end, and a later failure is told on the card', () => {
  const apart = (name: string) => item(name, { key: { namespace: name, kind: 'Deployment', name } });
  const items = [apart('a'), apart('b'), apart('c')];
  const run = drive(items, { limits: { maxParallel: 3 } })
    .preflight()
    .start();
  run.look({ pods: { a: withPod(apart('a'), { proxy: undefined }) } });
  assert.equal(atRest(run.run()), false);
  run.finish('b');
  run.look({ pods: { c: withPod(apart('c'), { trouble: trouble('container app: CrashLoopBackOff') }) } });
  assert.deepEqual(run.states(), ['failed', 'done', 'failed']);
  assert.equal(run.halt().cause, 'no-proxy');
  assert.ok(run.halt().details.some((detail) => /Deployment c\/c failed, too: .*CrashLoop/.test(detail)));
  assert.equal(atRest(run.run()), true);
});

test('a halt that concerns the whole run takes the place of one that concerns a wave', () => {
  const apart = (name: string) => item(name, { key: { namespace: name, kind: 'Deployment', name } });
  const run = drive([apart('a'), apart('b')], { limits: { maxParallel: 2 } })
    .preflight()
    .start();
  run.look({ pods: { a: withPod(apart('a'), { trouble: trouble('container app: CrashLoopBackOff') }) } });
  assert.equal(run.halt().cause, 'crash-loop');
  run.look({ pods: { b: withPod(apart('b'), { proxy: undefined }) } });
  assert.deepEqual([run.halt().cause, run.halt().scope], ['no-proxy', 'run']);
});

test('the card says what serves, and which commands to paste', () => {
  const run = drive([item('a')])
    .preflight()
    .start();
  const seen = withPod(item('a'), {
    ready: false,
    trouble: trouble('container linkerd-proxy of pod a-new: CrashLoopBackOff', 'crash-loop', 'linkerd-proxy'),
  });
  run.look({ pods: { a: seen } });
  const halt = run.halt();
  assert.equal(halt.serving, '1 of 2 wanted pods are ready and serving');
  assert.deepEqual(halt.nextSteps, [
    'kubectl -n books logs a-new -c linkerd-proxy --previous',
    'kubectl -n books describe pod/a-new',
    `kubectl linkerd-upgrade pin books/deployment/a --proxy-version ${OLD}`,
    'kubectl linkerd-upgrade restart --resume run-1',
  ]);
  assert.match(halt.details.join('\n'), /rollout undo does not bring the old proxy back/);
  assert.notEqual(OLD, NEW);
});

test('a failure asks the events for the reason, which is added to its card and to no other', () => {
  const run = two().start();
  run.look({ pods: { a: withPod(item('a'), { proxy: undefined }) } });
  assert.deepEqual(run.commands.at(-1), { type: 'explain', index: 0, item: item('a'), since: 0 });
  run.send({ type: 'explained', index: 0, details: ['InjectionSkipped: hostNetwork is enabled'] });
  run.send({ type: 'explained', index: 1, details: ['about somebody else'] });
  const { details } = run.halt();
  assert.ok(details.includes('InjectionSkipped: hostNetwork is enabled'));
  assert.ok(!details.includes('about somebody else'));
});

test('missing pods and a standstill: the events are asked once, and pods that are refused fail the workload', () => {
  const ask = () => {
    const run = drive([item('a', { deadlineSeconds: 600 })])
      .preflight()
      .start()
      .look();
    run.at(29).look();
    assert.equal(run.count('explain'), 0);
    run.at(31).look().at(40).look();
    assert.equal(run.count('explain'), 1);
    return run;
  };
  const idle = ask();
  idle.send({ type: 'explained', index: 0, details: ['Unhealthy: probe failed'] });
  assert.equal(idle.phase(), 'running');
  const quota = ask();
  quota.send({ type: 'explained', index: 0, details: ['FailedCreate: exceeded quota: cap'] });
  assert.deepEqual([quota.halt().cause, quota.halt().scope], ['rejected', 'wave']);
  assert.equal(quota.halt().serving, '2 of 2 wanted pods are ready and serving');
  const webhook = ask();
  const words = 'FailedCreate: failed calling webhook "linkerd-proxy-injector.linkerd.io"';
  webhook.send({ type: 'explained', index: 0, details: [words] });
  assert.deepEqual([webhook.halt().cause, webhook.halt().scope], ['injector', 'run']);
  const moved = ask();
  moved.look({ pods: { a: halfway(item('a'), 1) } });
  moved.send({ type: 'explained', index: 0, details: ['FailedCreate: exceeded quota: cap'] });
  assert.equal(moved.phase(), 'running', 'it moved on meanwhile');
});

test('patches nothing, and lets no deadline run, while the picture is not live', () => {
  const run = drive([item('a')])
    .preflight()
    .look({ gate: BLIND });
  assert.deepEqual(run.patched(), []);
  run.start().look();
  run.at(1000).look({ gate: BLIND });
  run.at(1050).look();
  assert.equal(run.phase(), 'running');
  run.at(1061).look();
  assert.equal(run.halt().cause, 'deadline');
});

test('the deadline runs from the last sign of movement, and the operator may give another', () => {
  const run = drive([item('a')])
    .preflight()
    .start();
  const moved = { pods: { a: halfway(item('a'), 1) } };
  run.at(10).look();
  run.at(60).look(moved).at(119).look(moved);
  assert.equal(run.phase(), 'running');
  run.at(121).look(moved);
  assert.match(run.halt().reason, /no progress for 60 s, waiting for 1 new pod to be created/);
  const patient = drive([item('a')], { limits: { deadlineSeconds: 300 } })
    .preflight()
    .start()
    .look();
  patient.at(299).look();
  assert.equal(patient.phase(), 'running');
  patient.at(301).look();
  assert.match(patient.halt().reason, /no progress for 300 s/);
});

test('a pod that no node takes is the reason of a deadline that passes', () => {
  const run = drive([item('a')])
    .preflight()
    .start();
  const pending = withPod(item('a'), {
    ready: false,
    unschedulable: true,
    waitingFor: 'pod a-new cannot be scheduled: 0/3 nodes',
  });
  run
    .look({ pods: { a: pending } })
    .at(61)
    .look({ pods: { a: pending } });
  assert.deepEqual([run.halt().cause, run.halt().pod], ['unschedulable', 'a-new']);
});

test('a workload that needs nothing any more is dropped and the next one has its turn', () => {
  const run = two().look({ decisions: { a: { decision: 'drop', reason: 'current' } } });
  assert.deepEqual(run.states(), ['dropped', 'queued']);
  run.look();
  assert.deepEqual(run.patched(), ['b']);
});

test('a workload that changed after the review is not patched: the run halts', () => {
  const run = two().look({ decisions: { a: { decision: 'refuse', reason: 'it is pinned now' } } });
  assert.deepEqual([run.halt().cause, run.patched()], ['changed', []]);
});

test('a conflict is decided on anew when there is a newer object, or after a while, but not for ever', () => {
  const run = two();
  for (let conflict = 0; conflict < 5; conflict++) {
    run.look();
    assert.equal(run.patched().length, conflict + 1);
    run.refuse('a', 'conflict', 'modified').look();
    assert.equal(run.patched().length, conflict + 1, 'not before the watch has told of the newer object');
    run.at(run.now() + 11);
  }
  run.look().refuse('a', 'conflict', 'modified');
  assert.deepEqual([run.halt().cause, run.patched().length], ['changed', 6]);

  const newer = two().look().refuse('a', 'conflict', 'modified');
  const decided = {
    decision: 'restart',
    item: item('a', { resourceVersion: '101' }),
    restartedAt: AT,
  } as const;
  newer.look({ decisions: { a: decided } });
  assert.equal(newer.patched().length, 2);
});

test('a busy server and an unanswered patch are tried again after pauses that grow, but not for ever', () => {
  for (const kind of ['busy', 'unanswered'] as const) {
    const run = two();
    for (let attempt = 0; attempt < 6; attempt++) {
      run.look().refuse('a', kind, 'try later');
      const asked = run.patched().length;
      run.at(run.now() + 2 ** attempt - 0.5).look();
      assert.equal(run.patched().length, asked, 'not before the pause is over');
      run.at(run.now() + 0.5);
    }
    assert.equal(run.halt().cause, 'refused');
    assert.equal(run.patched().length, 6);
  }
});

test('a busy server is given the time that it asks for', () => {
  const run = two().look().refuse('a', 'busy', 'later', 30);
  run.at(29).look();
  assert.equal(run.patched().length, 1);
  run.at(30).look();
  assert.equal(run.patched().length, 2);
});

test('a repeat after an unanswered patch carries the same token, so that a late success is known again', () => {
  const run = two().look().refuse('a', 'unanswered').at(5);
  const later = { decision: 'restart', item: item('a'), restartedAt: '2026-11-21T19:31:00Z' } as const;
  run.look({ decisions: { a: later } });
  const tokens = run.commands.flatMap((command) => (command.type === 'patch' ? [command.restartedAt] : []));
  assert.deepEqual(tokens, [AT, AT]);
});

test('attempts on one workload do not count for the next', () => {
  const run = two();
  for (let attempt = 0; attempt < 5; attempt++) {
    run
      .look()
      .refuse('a', 'conflict')
      .at(run.now() + 11);
  }
  run.look({ decisions: { a: { decision: 'drop', reason: 'gone' } } });
  run.look().refuse('b', 'conflict');
  assert.equal(run.phase(), 'running');
});

test('a workload that is gone is dropped; a refusal and a webhook without an answer halt', () => {
  const gone = drive([item('a')])
    .preflight()
    .look()
    .refuse('a', 'gone')
    .look();
  assert.deepEqual([gone.states(), gone.phase()], [['dropped'], 'done']);
  assert.equal(
    drive([item('a')])
      .preflight()
      .look()
      .refuse('a', 'refused')
      .halt().cause,
    'refused',
  );
  const other = drive([item('a')])
    .preflight()
    .look();
  assert.equal(
    other.refuse('a', 'webhook', 'failed calling webhook "guard.example"').halt().cause,
    'refused',
  );
  const linkerd = drive([item('a')])
    .preflight()
    .look();
  const words = 'failed calling webhook "linkerd-policy-validator.linkerd.io"';
  assert.equal(linkerd.refuse('a', 'webhook', words).halt().scope, 'run');
});

test('a workload in motion keeps its turn, says why, and is restarted once it has settled', () => {
  const run = two();
  const wait = { decisions: { a: { decision: 'wait', reason: '2 of 3 updated' } } } as const;
  run.look(wait);
  assert.deepEqual(run.status('a'), { state: 'queued', waitingFor: '2 of 3 updated' });
  assert.deepEqual(run.patched(), [], 'the next of its namespace does not overtake it');
  run.at(59).look(wait);
  assert.equal(run.phase(), 'running');
  run.look();
  assert.deepEqual(run.patched(), ['a']);
});

test('a workload in motion holds up no other namespace', () => {
  const apart = item('b', { key: { namespace: 'apart', kind: 'Deployment', name: 'b' } });
  const run = drive([item('a'), apart]).preflight();
  run.look({ decisions: { a: { decision: 'wait', reason: 'rolling' } } });
  run.look({ decisions: { a: { decision: 'wait', reason: 'rolling' } } });
  assert.deepEqual(run.patched(), ['b']);
});

test('a workload that stays in motion halts after its deadline, in which blind time does not count', () => {
  const wait = { decisions: { a: { decision: 'wait', reason: '2 of 3 updated' } } } as const;
  const run = two().look(wait);
  run.at(500).look({ gate: BLIND });
  run.at(559).look(wait);
  assert.equal(run.phase(), 'running');
  run.at(561).look(wait);
  assert.equal(run.halt().reason, 'it did not settle for 60 s: 2 of 3 updated');
  assert.deepEqual(run.patched(), []);
});

test('after its proof a workload is watched for a while, and only then done', () => {
  const run = drive([item('a')], { limits: { workloadSoakSeconds: 5 } })
    .preflight()
    .start()
    .finish('a');
  assert.deepEqual(run.status('a'), {
    state: 'soaking',
    since: 0,
    until: 5,
    mark: { restartedAt: AT, generation: 2 },
    pods: 2,
  });
  run.at(4).finish('a');
  assert.equal(run.status('a').state, 'soaking');
  run.at(5).finish('a');
  assert.equal(run.status('a').state, 'done');
});

test('what is not seen does not count as watched', () => {
  const run = drive([item('a')], { limits: { workloadSoakSeconds: 5 } })
    .preflight()
    .start()
    .finish('a');
  run.at(100).look({ gate: BLIND });
  run.at(104).finish('a');
  assert.equal(run.status('a').state, 'soaking');
  run.at(105).finish('a');
  assert.equal(run.status('a').state, 'done');
});

test('a pod that goes while its workload is watched sends it back; one that restarts fails it', () => {
  const begin = () =>
    drive([item('a')], { limits: { workloadSoakSeconds: 5 } })
      .preflight()
      .start()
      .finish('a')
      .at(3);
  const back = begin().look({ pods: { a: halfway(item('a'), 1) } });
  assert.equal(back.status('a').state, 'rolling');
  back.at(6).finish('a');
  assert.equal(back.status('a').state, 'soaking', 'it is watched anew for the whole time');
  const restarted = pod('a-new-0', AT, { restarted: trouble('pod a-new-0 restarted app once') });
  const seen = finished(item('a'));
  const failed = begin().look({ pods: { a: { ...seen, pods: [restarted, ...seen.pods.slice(1)] } } });
  assert.equal(failed.halt().cause, 'crash-loop');
});

test('a StatefulSet with a partition is partial, never done', () => {
  const db = item('db', { key: { namespace: 'books', kind: 'StatefulSet', name: 'db' }, pods: 2, kept: 1 });
  const run = drive([db]).preflight().start();
  const seen = finished({ ...db, pods: 3 });
  const [zero, ...rest] = seen.pods;
  assert.ok(seen.workload && zero);
  const strategy = { ...seen.workload.strategy, partition: 1 };
  run.look({
    pods: {
      db: {
        workload: { ...seen.workload, kind: 'StatefulSet', strategy },
        pods: [{ ...zero, name: 'db-0', restartedAt: '' }, ...rest],
      },
    },
  });
  const { state, ...status } = run.status('db');
  assert.deepEqual([state, status], ['partial', { since: 0, at: 0, pods: 2, kept: 1 }]);
  assert.equal(run.phase(), 'done');
});

test('what was seen before the patch was answered judges nothing', () => {
  const run = drive([item('a')])
    .preflight()
    .look();
  run.look({ pods: { a: finished(item('a')) } });
  assert.equal(run.status('a').state, 'patching');
});
