/** `47 s`, `3 min 20 s`, `2 h 5 min`: a span of time in words, in its two largest units. Takes seconds. */
export function spanText(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [
    Math.floor(total / 86_400),
    Math.floor(total / 3600) % 24,
    Math.floor(total / 60) % 60,
  ];
  if (days > 0) {
    return join(days, 'd', hours, 'h');
  }
  if (hours > 0) {
    return join(hours, 'h', minutes, 'min');
  }
  return minutes > 0 ? join(minutes, 'min', total % 60, 's') : `${total} s`;
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** RFC 3339 in UTC, for documents. Takes seconds since the epoch. */
export function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** `2026-11-21 14:30:16 UTC`. Takes seconds since the epoch. */
export function momentText(seconds: number): string {
  return `${dateText(seconds)} UTC`;
}

/** `2026-11-21 14:30:16`, in UTC, where something else says so. Takes seconds since the epoch. */
export function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `14:30:16`, in UTC. Takes seconds since the epoch. */
export function clockText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}
