import type { NoticeSeverity } from '../../data/notices.ts';
import type { TaskState } from '../../guide/advice.ts';
import type { Role } from '../theme/theme.ts';

/** A state as it is written beside its sign. */
export const taskWords: Readonly<Record<TaskState, string>> = {
  done: 'done',
  'in-progress': 'in progress',
  next: 'next',
  blocked: 'blocked',
  later: 'later',
  unknown: "can't tell",
};

export const taskRoles: Readonly<Record<TaskState, Role>> = {
  done: 'good',
  'in-progress': 'info',
  next: 'strong',
  blocked: 'danger',
  later: 'muted',
  unknown: 'caution',
};

/** What a notice asks for. */
export const severityWords: Readonly<Record<NoticeSeverity, string>> = {
  action: 'act',
  warning: 'beware',
  info: 'note',
};

export const severityRoles: Readonly<Record<NoticeSeverity, Role>> = {
  action: 'caution',
  warning: 'caution',
  info: 'muted',
};

/** Cells of sign and word together. */
export const STATE_COLUMNS = 14;
