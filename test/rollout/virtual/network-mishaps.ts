import type { Random } from '../../support/seeded-random.ts';
import type { Mishap } from './mishap.ts';
import type { Program } from './program.ts';
import type { RequestFault, SentRequest } from './virtual-transport.ts';
import type { World } from './world.ts';

const isPatch = ({ method }: SentRequest): boolean => method === 'PATCH';
const webhookMessage =
  'Internal error occurred: failed calling webhook "guard.example": context deadline exceeded';

const requestFaults: readonly RequestFault[] = [
  { kind: 'cut', after: 'nothing' },
  { kind: 'cut', after: 'commit' },
  { kind: 'silence', after: 'nothing' },
  { kind: 'silence', after: 'commit' },
  { kind: 'refuse', status: 409, reason: 'Conflict', message: 'the object has been modified' },
  { kind: 'refuse', status: 403, reason: 'Forbidden', message: 'User "ann" cannot patch resource' },
  { kind: 'refuse', status: 422, reason: 'Invalid', message: 'not on a Friday' },
  { kind: 'refuse', status: 500, reason: 'InternalError', message: webhookMessage },
  { kind: 'refuse', status: 504, reason: 'Timeout', message: 'request did not complete within 10s' },
  { kind: 'busy', status: 429, retryAfterSeconds: 2 },
  { kind: 'busy', status: 503, retryAfterSeconds: 5 },
  { kind: 'slow', ms: 8_000 },
];

/** Requests that fail, and contact that is lost. */
export const networkMishaps: readonly Mishap[] = [
  ({ world }) => {
    const fault: RequestFault = { kind: 'cut', after: 'commit' };
    world.traps.push({ fault, left: 1, catches: isPatch });
    return 'the answer to the next patch is lost';
  },
  ({ world, random }) => {
    const fault = random.pick(requestFaults);
    const left = random.pick([1, 1, 1, 2, 3, 8]);
    world.traps.push({ fault, left, catches: isPatch });
    return `the next ${left} patches: ${JSON.stringify(fault)}`;
  },
  ({ world, random }) => {
    const fault = random.pick(requestFaults);
    const left = 1 + random.below(6);
    world.traps.push({ fault, left, catches: () => true });
    return `the next ${left} requests: ${JSON.stringify(fault)}`;
  },
  ({ world, program, random }) => {
    const ms = 5_000 + random.below(115_000);
    world.awayUntil = Math.max(world.awayUntil, world.clock.now() + ms);
    breakOff(world, program, random, ms);
    return `the API server is away for ${ms} ms`;
  },
  ({ world, program, random }) => {
    const ms = 1_000 + random.below(60_000);
    breakOff(world, program, random, ms);
    return `the watches are silent for ${ms} ms`;
  },
  ({ program, world, random }) => {
    const ms = random.pick([20_000, 60_000, 600_000]) + random.below(20_000);
    program?.computer.sleep(ms);
    // Its connections are dead when it wakes, which shows only after a while.
    breakOff(world, program, random, 5_000);
    return `the computer sleeps for ${ms} ms`;
  },
];

/** So long at most the client takes a silent connection for a live one. */
const UNNOTICED_MS = 20_000;

function breakOff(world: World, program: Program | undefined, random: Random, ms: number): void {
  if (program === undefined) return;
  program.session.breakOff(random.below(UNNOTICED_MS));
  const how = random.chance(0.5) ? 'replay' : 'relist';
  program.computer.after(ms, () => {
    world.tell(`  contact is there again (${how})`);
    program.session.catchUp(how);
  });
}
