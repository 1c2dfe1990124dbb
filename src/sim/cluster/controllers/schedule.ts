const MINUTE_MS = 60_000;
/** A schedule that does not fire within this time never does (30 February). */
const HORIZON_MINUTES = 4 * 366 * 24 * 60;

interface Field {
  readonly from: number;
  readonly to: number;
}

/** Minute, hour, day of month, month, day of week. */
const FIELDS: readonly Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12 },
  { from: 0, to: 6 },
];

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
};

/**
 * The first time after `now` (both in milliseconds since the epoch, UTC) that a cron schedule names. Understands
 * numbers, `*`, ranges, steps and lists; both day fields must match. Undefined when it cannot be read or never fires.
 */
export function nextTime(schedule: string, now: number): number | undefined {
  const sets = parse(NICKNAMES[schedule] ?? schedule);
  if (sets === undefined) return undefined;
  const [minutes, hours, days, months, weekdays] = sets;
  let time = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
  for (let left = HORIZON_MINUTES; left > 0; left -= 1, time += MINUTE_MS) {
    const date = new Date(time);
    if (!minutes?.has(date.getUTCMinutes()) || !hours?.has(date.getUTCHours())) continue;
    if (!days?.has(date.getUTCDate()) || !months?.has(date.getUTCMonth() + 1)) continue;
    if (weekdays?.has(date.getUTCDay())) return time;
  }
  return undefined;
}

function parse(schedule: string): readonly ReadonlySet<number>[] | undefined {
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) return undefined;
  const sets = FIELDS.map((field, index) => valuesOf(parts[index] ?? '', field));
  return sets.some((set) => set.size === 0) ? undefined : sets;
}

function valuesOf(text: string, field: Field): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return new Set();
    const [, range, first, last, step] = match;
    const from = range === '*' ? field.from : Number(first);
    const open = range === '*' || (last === undefined && step !== undefined);
    const to = open ? field.to : Number(last ?? first);
    for (let value = from; value <= to; value += Math.max(1, Number(step ?? 1))) values.add(value);
  }
  return values;
}
