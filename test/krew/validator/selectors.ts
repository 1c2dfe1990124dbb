import type { Manifest, Requirement, Selector } from './manifest.ts';

/** The systems that krew is released for (`cmd/validate-krew-manifest/main.go`, allPlatforms). */
export const supportedPairs = [
  'windows/386',
  'windows/amd64',
  'windows/arm64',
  'linux/386',
  'linux/amd64',
  'linux/arm',
  'linux/arm64',
  'linux/ppc64le',
  'darwin/386',
  'darwin/amd64',
  'darwin/arm64',
] as const;

/** `os/arch` in Go's names. */
export type Pair = (typeof supportedPairs)[number];

/**
 * The selectors of a manifest (M4, M15): each well-formed and used, no system matched twice, and exactly the intended
 * systems covered.
 * @returns one sentence a problem
 */
export function selectorProblems(manifest: Manifest, intended: readonly Pair[]): readonly string[] {
  const { platforms } = manifest;
  const malformed = platforms.flatMap(({ selector }, index) =>
    formProblems(selector).map((problem) => `M4 platforms[${index}]: ${problem}`),
  );
  if (platforms.length === 0) return ['M4 there is no platform'];
  if (malformed.length > 0) return malformed;
  const unused = platforms.flatMap(({ selector }, index) =>
    supportedPairs.some((pair) => matches(selector, pair))
      ? []
      : [`M4 platforms[${index}]: the selector matches no system that krew supports`],
  );
  const perPair = supportedPairs.flatMap((pair) => {
    const matching = platforms.flatMap(({ selector }, index) => (matches(selector, pair) ? [index] : []));
    if (matching.length > 1) return [`M4 platforms ${matching.join(' and ')} both match ${pair}`];
    if (matching.length === 1 && !intended.includes(pair)) return [`M4 ${pair} is matched and not intended`];
    if (matching.length === 0 && intended.includes(pair)) return [`M4 ${pair} is intended and not matched`];
    return [];
  });
  return [...unused, ...perPair];
}

/** Index of the platform that krew installs on a system: the first that matches; undefined where none does. */
export function platformFor({ platforms }: Manifest, pair: Pair): number | undefined {
  const index = platforms.findIndex(({ selector }) => matches(selector, pair));
  return index < 0 ? undefined : index;
}

/** The supported systems that a selector matches; none for one that krew refuses. */
export function pairsOf(selector: Selector | undefined): readonly Pair[] {
  if (formProblems(selector).length > 0) return [];
  return supportedPairs.filter((pair) => matches(selector, pair));
}

/** What krew's validateSelector and apimachinery's LabelSelectorAsSelector refuse. */
function formProblems(selector: Selector | undefined): readonly string[] {
  if (selector === undefined) return ['there is no selector'];
  const { matchLabels, matchExpressions } = selector;
  if (matchLabels === undefined && matchExpressions === undefined) return ['the selector is empty'];
  const keys = [...Object.keys(matchLabels ?? {}), ...(matchExpressions ?? []).map(({ key }) => key)];
  return [
    ...(matchLabels !== undefined && Object.keys(matchLabels).length === 0 ? ['matchLabels is empty'] : []),
    ...(matchExpressions?.length === 0 ? ['matchExpressions is empty'] : []),
    ...keys
      .filter((key) => key !== 'os' && key !== 'arch')
      .map((key) => `the key "${key}" is neither os nor arch`),
    ...(matchExpressions ?? []).flatMap(requirementProblems),
  ];
}

function requirementProblems({ key, operator, values = [] }: Requirement): readonly string[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length === 0 ? [`${key} ${operator} has no values`] : [];
    case 'Exists':
    case 'DoesNotExist':
      return values.length > 0 ? [`${key} ${operator} has values`] : [];
    default:
      return [`"${operator}" is no operator of a label selector`];
  }
}

function matches(selector: Selector | undefined, pair: Pair): boolean {
  if (selector === undefined) return false;
  const [os = '', arch = ''] = pair.split('/');
  const labels = new Map([
    ['os', os],
    ['arch', arch],
  ]);
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels.get(key) === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const label = labels.get(key);
      switch (operator) {
        case 'In':
          return label !== undefined && values.includes(label);
        case 'NotIn':
          return label === undefined || !values.includes(label);
        case 'Exists':
          return label !== undefined;
        case 'DoesNotExist':
          return label === undefined;
        default:
          return false;
      }
    })
  );
}
