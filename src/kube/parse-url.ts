/** An absolute URL; undefined for text that is none. `URL.parse` is newer than the oldest Node that this runs on. */
export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
