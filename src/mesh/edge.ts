/** The number of an edge release: year, month and count within the month. */
export type EdgeNumber = readonly [year: number, month: number, count: number];

const pattern = /^(\d+)\.(\d+)\.(\d+)$/;

/** Reads three numbers with dots between them, as in `25.10.7`; undefined for any other text. */
export function parseTriple(text: string): EdgeNumber | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Reads the number out of an edge tag, with or without the prefix `edge-`; undefined for any other text. */
export function edgeNumber(tag: string): EdgeNumber | undefined {
  return parseTriple(tag.startsWith('edge-') ? tag.slice('edge-'.length) : tag);
}

/** Orders numerically, part by part: edge-25.10.7 comes after edge-25.9.4. Negative when `a` is older. */
export function compareEdges(a: EdgeNumber, b: EdgeNumber): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
