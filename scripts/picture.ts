import xterm from '@xterm/headless';

/** One character of a screen as a terminal shows it. */
interface Cell {
  readonly text: string;
  readonly style: Style;
}

interface Style {
  /** Name of a colour of the palette, or `#rrggbb`; '' is the terminal's own. */
  readonly color: string;
  readonly background: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly underline: boolean;
}

export interface PictureOptions {
  readonly columns: number;
  readonly rows: number;
  /** What the picture shows, for those who do not see it. */
  readonly title: string;
}

/** Width and height of a cell, and the size of its letters, in pixels. */
const CELL = { width: 8.4, height: 18, font: 14, baseline: 13.5 } as const;
const MARGIN = { side: 16, top: 42, bottom: 14 } as const;

/** A dark terminal; it has its own background, so that it stands on light and dark pages alike. */
const SURFACE = { background: '#0d1117', text: '#e6edf3', border: '#484f58', bar: '#161b22' } as const;

/** The sixteen colours, bright ones after their plain ones. */
const PALETTE: readonly string[] = [
  ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
  ...['#6e7681', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#ffffff'],
];

/** Characters that are drawn, because fonts disagree about them: how much of the cell is covered. */
const SHADES: Readonly<Record<string, number>> = { '█': 1, '▓': 0.75, '▒': 0.5, '░': 0.25 };

const FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/**
 * A screen as an SVG that needs nothing else: the same output makes the same bytes.
 * @param raw everything that a program has written to its terminal
 */
export async function pictureOf(raw: string, { columns, rows, title }: PictureOptions): Promise<string> {
  const lines = await linesOf(raw, columns, rows);
  const width = round(columns * CELL.width + 2 * MARGIN.side);
  const height = round(rows * CELL.height + MARGIN.top + MARGIN.bottom);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${xml(title)}</title>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="${SURFACE.background}" stroke="${SURFACE.border}"/>`,
    `<path d="M1 28V10a9 9 0 0 1 9-9h${width - 20}a9 9 0 0 1 9 9v18z" fill="${SURFACE.bar}"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, index) => `<circle cx="${18 + index * 18}" cy="14.5" r="5.5" fill="${fill}"/>`,
    ),
    `<g font-family="${FONTS}" font-size="${CELL.font}" fill="${SURFACE.text}" xml:space="preserve">`,
    ...lines.flatMap((cells, row) => [
      ...backgrounds(cells, row),
      ...shades(cells, row),
      ...words(cells, row),
    ]),
    '</g>',
    '</svg>',
  ].join('\n')}\n`;
}

/** The text of a picture, line by line from the top, without blanks at either end and with single ones within. */
export function wordsOf(picture: string): readonly string[] {
  const lines = new Map<string, string[]>();
  for (const [, y = '', text = ''] of picture.matchAll(/<text x="[^"]*" y="([^"]*)"[^>]*>([^<]*)<\/text>/g)) {
    lines.set(y, [...(lines.get(y) ?? []), text]);
  }
  return [...lines.values()].map((texts) => texts.map(plain).join(' ').replaceAll(/ +/g, ' '));
}

async function linesOf(raw: string, columns: number, rows: number): Promise<readonly (readonly Cell[])[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(raw, resolve));
  const { active } = terminal.buffer;
  return Array.from({ length: rows }, (_, row) => {
    const line = active.getLine(active.viewportY + row);
    return Array.from({ length: columns }, (__, column) => {
      const cell = line?.getCell(column);
      if (cell === undefined) return { text: ' ', style: plainStyle };
      const color = cell.isFgDefault() ? '' : nameOf(cell.isFgRGB(), cell.getFgColor());
      const background = cell.isBgDefault() ? '' : nameOf(cell.isBgRGB(), cell.getBgColor());
      const isInverse = cell.isInverse() > 0;
      return {
        text: cell.getChars() || ' ',
        style: {
          color: isInverse ? background || SURFACE.background : color,
          background: isInverse ? color || SURFACE.text : background,
          bold: cell.isBold() > 0,
          dim: cell.isDim() > 0,
          underline: cell.isUnderline() > 0,
        },
      };
    });
  });
}

const plainStyle: Style = { color: '', background: '', bold: false, dim: false, underline: false };

function nameOf(isRgb: boolean, color: number): string {
  return isRgb ? `#${color.toString(16).padStart(6, '0')}` : (PALETTE[color] ?? SURFACE.text);
}

function backgrounds(cells: readonly Cell[], row: number): readonly string[] {
  return runsOf(cells, ({ style }) => style.background)
    .filter(({ key }) => key !== '')
    .map(({ key, from, to }) => rect(from, to, row, key, 1));
}

function shades(cells: readonly Cell[], row: number): readonly string[] {
  return runsOf(cells, ({ text, style }) => (SHADES[text] === undefined ? '' : `${text} ${style.color}`))
    .filter(({ key }) => key !== '')
    .map(({ key, from, to }) => {
      const [text = '', color = ''] = key.split(' ');
      return rect(from, to, row, color || SURFACE.text, SHADES[text] ?? 1, 4);
    });
}

/** Text in one style without a wider gap; its length is fixed, whatever font the reader has. */
function words(cells: readonly Cell[], row: number): readonly string[] {
  return runsOf(cells, ({ style }) => JSON.stringify(style)).flatMap(({ from, to }) => {
    const text = cells
      .slice(from, to)
      .map((cell) => (SHADES[cell.text] === undefined ? cell.text : ' '))
      .join('');
    return [...text.matchAll(/[!-~]+(?: [!-~]+)*|[^ -~]/gu)].map((match) =>
      textAt(match[0], from + match.index, row, cells[from]?.style ?? plainStyle),
    );
  });
}

function textAt(text: string, column: number, row: number, style: Style): string {
  const { color, bold, dim, underline } = style;
  const isSign = !/^[ -~]/.test(text);
  const x = MARGIN.side + (column + (isSign ? 0.5 : 0)) * CELL.width;
  const attributes = [
    `x="${round(x)}" y="${round(MARGIN.top + row * CELL.height + CELL.baseline)}"`,
    // A sign stands in the middle of its cell, whatever its width.
    isSign ? 'text-anchor="middle"' : `textLength="${round(text.length * CELL.width)}"`,
    ...(color === '' ? [] : [`fill="${color}"`]),
    ...(bold ? ['font-weight="700"'] : []),
    ...(dim ? ['opacity="0.65"'] : []),
    ...(underline ? ['text-decoration="underline"'] : []),
  ];
  return `<text ${attributes.join(' ')}>${xml(text)}</text>`;
}

function rect(from: number, to: number, row: number, fill: string, opacity: number, inset = 0): string {
  const x = round(MARGIN.side + from * CELL.width);
  const y = round(MARGIN.top + row * CELL.height + inset / 2);
  const shade = opacity === 1 ? '' : ` fill-opacity="${opacity}"`;
  return `<rect x="${x}" y="${y}" width="${round((to - from) * CELL.width)}" height="${CELL.height - inset}" fill="${fill}"${shade}/>`;
}

interface Stretch {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

function runsOf(cells: readonly Cell[], keyOf: (cell: Cell) => string): readonly Stretch[] {
  const starts = cells.flatMap((cell, at) => {
    const before = cells[at - 1];
    return before === undefined || keyOf(before) !== keyOf(cell) ? [at] : [];
  });
  return starts.map((from, index) => {
    const first = cells[from];
    return { key: first === undefined ? '' : keyOf(first), from, to: starts[index + 1] ?? cells.length };
  });
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function plain(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
}
