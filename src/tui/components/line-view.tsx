import { Text } from 'ink';
import { memo, type ReactNode } from 'react';
import type { Line } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';

interface LineViewProps {
  readonly line: Line;
  readonly theme: Theme;
}

function sameLine(a: LineViewProps, b: LineViewProps): boolean {
  if (a.theme !== b.theme || a.line.selected !== b.line.selected) return false;
  if (a.line.spans.length !== b.line.spans.length) return false;
  return a.line.spans.every((span, index) => {
    const other = b.line.spans[index];
    return span.text === other?.text && span.role === other.role;
  });
}

/** In an ASCII locale every other character would come out as garbage of unknown width. */
function shown(text: string, { ascii }: Theme): string {
  return ascii ? text.replace(/[^\x20-\x7e]/gu, '?') : text;
}

function parts({ line, theme }: LineViewProps): ReactNode {
  // An empty Text would take no row at all.
  if (line.spans.every(({ text }) => text === '')) return ' ';
  return line.spans.map(({ text, role }, index) => {
    const style = theme.palette[role ?? 'plain'];
    // Colours inside reverse video would make patches of background: there only weight remains.
    const { color, dimColor, ...weight } = style;
    const kept = line.selected ? weight : style;
    if (Object.keys(kept).length === 0) return shown(text, theme);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the spans of a line have no identity but their place
      <Text key={index} {...kept}>
        {shown(text, theme)}
      </Text>
    );
  });
}

/** One row of the screen: one truncating Text, drawn again only when its text or its roles change. */
export const LineView = memo(function LineView(props: LineViewProps): ReactNode {
  return (
    <Text wrap="truncate" inverse={props.line.selected === true}>
      {parts(props)}
    </Text>
  );
}, sameLine);

/** Lines in a column. */
export function Lines({
  lines,
  theme,
}: {
  readonly lines: readonly Line[];
  readonly theme: Theme;
}): ReactNode {
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is its place
    <LineView key={index} line={line} theme={theme} />
  ));
}
