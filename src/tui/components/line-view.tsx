import { Box, Text } from 'ink';
import { memo, type ReactNode } from 'react';
import type { Size } from '../screens/layout.ts';
import type { Line } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';

interface LineViewProps {
  readonly line: Line;
  readonly theme: Theme;
}

function sameLine(a: Line, b: Line | undefined): boolean {
  if (a === b) return true;
  if (a.selected !== b?.selected || a.spans.length !== b?.spans.length) return false;
  return a.spans.every((span, index) => {
    const other = b.spans[index];
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
}, sameLineView);

function sameLineView(a: LineViewProps, b: LineViewProps): boolean {
  return a.theme === b.theme && sameLine(a.line, b.line);
}

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

interface FrameProps {
  readonly lines: readonly Line[];
  readonly size: Size;
  readonly theme: Theme;
}

function sameFrame(a: FrameProps, b: FrameProps): boolean {
  return (
    a.theme === b.theme &&
    a.size.columns === b.size.columns &&
    a.size.rows === b.size.rows &&
    a.lines.length === b.lines.length &&
    a.lines.every((line, index) => sameLine(line, b.lines[index]))
  );
}

/**
 * The whole screen. Ink lays out and writes everything anew for each update of a Box, whatever has changed; most
 * changes of a large cluster change nothing on the screen, and then nothing is updated.
 */
export const Frame = memo(function Frame({ lines, size, theme }: FrameProps): ReactNode {
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
      <Lines lines={lines} theme={theme} />
    </Box>
  );
}, sameFrame);
