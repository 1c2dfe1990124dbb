/** Exit codes; documented in README.md, and kept for good. */
export const exitCode = {
  fine: 0,
  failed: 1,
  usage: 2,
  violation: 3,
  halted: 4,
  interrupted: 130,
} as const;
