import { parse } from 'yaml';

/** A requirement of a LabelSelector's `matchExpressions`. */
export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?: readonly Requirement[] | undefined;
}

/** One move of an installation: from the unpacked archive to the plugin's own folder. */
export interface FileMove {
  readonly from: string;
  readonly to: string;
}

export interface Platform {
  readonly selector?: Selector | undefined;
  readonly uri: string;
  readonly sha256: string;
  readonly bin: string;
  readonly files?: readonly FileMove[] | undefined;
}

/** A plugin manifest in the types of krew's `pkg/index/types.go`; texts that are absent are ''. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly version: string;
  readonly homepage: string;
  readonly shortDescription: string;
  readonly description: string;
  readonly caveats: string;
  readonly platforms: readonly Platform[];
}

/** What a manifest says, or that it cannot be decoded into krew's types. */
export type Decoded =
  | { readonly manifest: Manifest; readonly problem?: undefined }
  | { readonly manifest?: undefined; readonly problem: string };

/**
 * Decodes a manifest as krew does: YAML into typed fields, a value of another type an error. Stricter: the text must
 * mean the same in YAML 1.1, which krew reads, and 1.2, no key may stand twice, and none that krew would pass over.
 */
export function decodeManifest(text: string): Decoded {
  try {
    const value: unknown = parse(text, { version: '1.1' });
    if (JSON.stringify(parse(text, { version: '1.2' })) !== JSON.stringify(value)) {
      return { problem: 'means one thing in YAML 1.1, which krew reads, and another in YAML 1.2' };
    }
    const top = objectOf(value, 'the manifest', ['apiVersion', 'kind', 'metadata', 'spec']);
    const metadata = objectOf(top.metadata ?? {}, 'metadata', ['name']);
    const spec = objectOf(top.spec ?? {}, 'spec', specKeys);
    return {
      manifest: {
        apiVersion: textOf(top, 'apiVersion'),
        kind: textOf(top, 'kind'),
        name: textOf(metadata, 'name'),
        version: textOf(spec, 'version'),
        homepage: textOf(spec, 'homepage'),
        shortDescription: textOf(spec, 'shortDescription'),
        description: textOf(spec, 'description'),
        caveats: textOf(spec, 'caveats'),
        platforms: listOf(spec, 'platforms')?.map(platformOf) ?? [],
      },
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const specKeys = ['version', 'homepage', 'shortDescription', 'description', 'caveats', 'platforms'];

function platformOf(value: unknown): Platform {
  const platform = objectOf(value, 'an entry of platforms', ['selector', 'uri', 'sha256', 'bin', 'files']);
  const { selector } = platform;
  return {
    selector: selector === undefined || selector === null ? undefined : selectorOf(selector),
    uri: textOf(platform, 'uri'),
    sha256: textOf(platform, 'sha256'),
    bin: textOf(platform, 'bin'),
    files: listOf(platform, 'files')?.map((file) => {
      const move = objectOf(file, 'an entry of files', ['from', 'to']);
      return { from: textOf(move, 'from'), to: textOf(move, 'to') };
    }),
  };
}

function selectorOf(value: unknown): Selector {
  const selector = objectOf(value, 'selector', ['matchLabels', 'matchExpressions']);
  const { matchLabels } = selector;
  return {
    matchLabels:
      matchLabels === undefined || matchLabels === null
        ? undefined
        : Object.fromEntries(
            Object.keys(objectOf(matchLabels, 'matchLabels')).map((key) => [
              key,
              textOf(objectOf(matchLabels, 'matchLabels'), key),
            ]),
          ),
    matchExpressions: listOf(selector, 'matchExpressions')?.map((expression) => {
      const requirement = objectOf(expression, 'an entry of matchExpressions', ['key', 'operator', 'values']);
      return {
        key: textOf(requirement, 'key'),
        operator: textOf(requirement, 'operator'),
        values: listOf(requirement, 'values')?.map((each) => {
          if (typeof each !== 'string') throw new Error(`${JSON.stringify(each)} of values is not a string`);
          return each;
        }),
      };
    }),
  };
}

/** `keys` are those that may stand in it; any may where they are not given. */
function objectOf(value: unknown, what: string, keys?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${what} is not a mapping`);
  }
  const unknown = Object.keys(value).find((key) => keys?.includes(key) === false);
  if (unknown !== undefined) throw new Error(`${what} has the key ${unknown}, which krew does not know`);
  return { ...value };
}

function textOf(owner: Readonly<Record<string, unknown>>, key: string): string {
  const value = owner[key] ?? '';
  if (typeof value !== 'string') throw new Error(`${key} is not a string: ${JSON.stringify(value)}`);
  return value;
}

function listOf(owner: Readonly<Record<string, unknown>>, key: string): readonly unknown[] | undefined {
  const value = owner[key] ?? undefined;
  if (value !== undefined && !Array.isArray(value)) throw new Error(`${key} is not a list`);
  return value;
}
