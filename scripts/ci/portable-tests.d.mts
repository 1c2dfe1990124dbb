export const leftOut: Readonly<Record<string, readonly (readonly [path: string, why: string])[]>>;
export function testsFor(
  system: string,
  files: readonly string[],
): {
  readonly run: readonly string[];
  readonly without: readonly (readonly [path: string, why: string])[];
};
