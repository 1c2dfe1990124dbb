import type { Candidate } from './cobra.ts';

/** What `completion` prints a script for. */
export const SHELLS = [
  { text: 'bash', about: 'for the program called by its own name' },
  { text: 'zsh', about: 'the same for zsh' },
  { text: 'fish', about: 'the same for fish' },
  { text: 'powershell', about: 'the same for PowerShell' },
  { text: 'kubectl', about: 'the small script that lets kubectl complete the plugin' },
] as const satisfies readonly Candidate[];
