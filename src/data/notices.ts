/**
 * What changes from release to release that an operator has to know, in our words, with its source. Facts: the upgrade
 * pages of linkerd.io for 2.10 to 2.17, announcements and edge round-ups, and commit messages of linkerd2; as of 2026-09-04.
 */
import { anyStep } from './notices/any.ts';
import type { Notice } from './notices/notice.ts';
import { to29 } from './notices/to-2.9.ts';
import { to210 } from './notices/to-2.10.ts';
import { to211 } from './notices/to-2.11.ts';
import { to212 } from './notices/to-2.12.ts';
import { to214 } from './notices/to-2.14.ts';
import { to216 } from './notices/to-2.16.ts';
import { to217 } from './notices/to-2.17.ts';
import { to218 } from './notices/to-2.18.ts';
import { to219 } from './notices/to-2.19.ts';
import { to220 } from './notices/to-2.20.ts';

export type { Notice, NoticeSeverity } from './notices/notice.ts';

/** All notices: those of every step, then by release, within a release as the guide has them. */
export const notices: readonly Notice[] = [
  ...anyStep,
  ...to29,
  ...to210,
  ...to211,
  ...to212,
  ...to214,
  ...to216,
  ...to217,
  ...to218,
  ...to219,
  ...to220,
];
