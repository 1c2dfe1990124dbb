/** The terminal in which docs/screens.md and its pictures are taken. */
export const SIZE = { columns: 100, rows: 30 } as const;

/** What the pictures show, for those who do not see them. */
export const FIRST_SCREEN =
  'The live screen: control plane, data plane and every namespace with the state of its proxies, worst first';
export const HALT =
  'A run that has halted by itself: what failed and why, what still serves, and what to type next';
