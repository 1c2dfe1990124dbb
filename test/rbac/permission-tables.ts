/** The tables of docs/permissions.md, made of the list of rights that `rbac` prints from. */
import { commandParts, parts, partWords, type Right, rights } from '../../src/report/rbac/rights.ts';
import { placeWords } from '../../src/report/rbac/roles.ts';

/** Which command uses which part. */
export function commandTable(): string {
  const rows = Object.entries(commandParts).map(([command, used]) => [
    command === 'screen' ? 'live screen (`--for screen`)' : `\`${command}\``,
    ...parts.map((part) => (used.some((candidate) => candidate === part) ? '✓' : '')),
  ]);
  return table(['command', ...parts.map((part) => `\`${part}\``)], rows);
}

/** Every right, by part. */
export function rightsTable(): string {
  const rows = parts.flatMap((part) => {
    const own = rights.filter((right) => right.part === part);
    const alike = Map.groupBy(own, ({ verbs, group, names = [], place, why, without }) =>
      JSON.stringify([verbs, group, names, place, why, without]),
    );
    return [...alike.values()].flatMap((same) => {
      const [first] = same;
      return first === undefined ? [] : [row(first, same)];
    });
  });
  return table(['for', 'verbs', 'resources', 'where', 'to', 'without it'], rows);
}

function row(right: Right, same: readonly Right[]): readonly string[] {
  const { part, verbs, group, names = [], place, why, without, addOn } = right;
  const resources = same.map(({ resource }) => resource).join(', ');
  return [
    `\`${part}\`${addOn === undefined ? '' : ` and \`${addOn}\``}`,
    verbs.join(', '),
    `${resources}${group === '' ? '' : ` (${group})`}${namesText(names)}`,
    placeWords[place],
    why,
    without,
  ];
}

function namesText(names: readonly string[]): string {
  if (names.length === 0) return '';
  return names.length === 1 ? `: \`${names[0]}\`` : `: ${names.length} by name`;
}

/** The parts in words, as a list. */
export function partList(): string {
  return parts.map((part) => `- \`${part}\`: ${partWords[part]}`).join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
