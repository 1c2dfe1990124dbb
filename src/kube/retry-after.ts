/**
 * Seconds to wait by a Retry-After header: whole seconds or an HTTP date, read against the server's own
 * `date` where there is one. Undefined without a header or with an unreadable one. At most an hour.
 */
export function retryAfterSeconds(
  header: string | undefined,
  date: string | undefined,
  nowMs: number,
): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), LONGEST_SECONDS);
  // HTTP dates begin with the name of a day; Date.parse would also take things like "-5" for a date.
  if (!/^[A-Z][a-z]{2}/.test(text)) return undefined;
  const until = Date.parse(text);
  if (Number.isNaN(until)) return undefined;
  const serverNow = date === undefined ? Number.NaN : Date.parse(date);
  const seconds = Math.ceil((until - (Number.isNaN(serverNow) ? nowMs : serverNow)) / 1000);
  return Math.min(Math.max(seconds, 0), LONGEST_SECONDS);
}

const LONGEST_SECONDS = 3_600;
