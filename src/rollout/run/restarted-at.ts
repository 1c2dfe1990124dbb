/**
 * The value of `kubectl.kubernetes.io/restartedAt` as `kubectl rollout restart` writes it: RFC 3339 in whole
 * seconds and local time, `Z` when that is UTC (kubernetes/kubectl `pkg/polymorphichelpers/objectrestarter.go`).
 * @param seconds since the epoch
 * @param utcOffsetMinutes minutes east of UTC
 * @param previous the value now in the template; an equal one would be an empty patch, so a second is added
 */
export function restartedAtValue(seconds: number, utcOffsetMinutes: number, previous: string): string {
  const value = rfc3339(Math.floor(seconds), utcOffsetMinutes);
  return value === previous ? rfc3339(Math.floor(seconds) + 1, utcOffsetMinutes) : value;
}

function rfc3339(seconds: number, utcOffsetMinutes: number): string {
  const local = new Date((seconds + utcOffsetMinutes * 60) * 1000).toISOString().slice(0, 19);
  if (utcOffsetMinutes === 0) {
    return `${local}Z`;
  }
  const minutes = Math.abs(utcOffsetMinutes);
  const sign = utcOffsetMinutes > 0 ? '+' : '-';
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
