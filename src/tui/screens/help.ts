import { classMeaning, severity } from '../../mesh/skew.ts';
import { actions } from '../keys/actions.ts';
import { groups } from '../keys/docs.ts';
import { keyLabel } from '../keys/key.ts';
import { blank, type Line, line, paragraph, span } from '../text/line.ts';

import type { Theme } from '../theme/theme.ts';
import { allWarnings, INJECTOR_ALONE, isInjectorAlone, type WarningInput } from './warnings.ts';

export interface HelpInput extends WarningInput {
  /** Version of this program. */
  readonly version: string;
  readonly columns: number;
  readonly theme: Theme;
}

const keyColumn = 16;

/** The whole help: warnings in full, the meaning of the signs, every key. */
export function helpLines(input: HelpInput): readonly Line[] {
  const { view, readOnly, version, columns, theme } = input;
  const { glyphs } = theme;
  const warnings = allWarnings(input);
  const lines: Line[] = [line(span(`kubectl linkerd-upgrade ${version}`, 'title')), blank];
  if (warnings.length > 0) {
    lines.push(line(span('Warnings', 'title')));
    for (const { tone, text } of warnings) {
      lines.push(...paragraph(span(`  ${glyphs.warning} `, tone), text, columns, tone));
    }
    lines.push(blank);
  }
  if (isInjectorAlone(view.mesh.controlPlane)) {
    lines.push(...paragraph(span('Injector  ', 'title'), INJECTOR_ALONE, columns), blank);
  }
  lines.push(line(span('Signs', 'title')));
  for (const name of severity) {
    const lead = span(`  ${glyphs.class[name]} ${name}`.padEnd(keyColumn), `class:${name}`);
    lines.push(...paragraph(lead, classMeaning[name], columns));
  }
  for (const group of groups) {
    lines.push(blank, line(span(group, 'title')));
    for (const action of actions) {
      if (action.group !== group || (readOnly && action.writes)) continue;
      const keys = `  ${action.keys.map(keyLabel).join(' ')}`;
      if (keys.length < keyColumn) {
        lines.push(...paragraph(span(keys.padEnd(keyColumn), 'key'), action.description, columns));
        continue;
      }
      lines.push(
        line(span(keys, 'key')),
        ...paragraph(span(' '.repeat(keyColumn)), action.description, columns),
      );
    }
  }
  if (readOnly) lines.push(blank, line(span('Read-only: restarts are not bound to any key.', 'caution')));
  return lines;
}
