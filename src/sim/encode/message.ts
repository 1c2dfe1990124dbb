import { accessSchema } from './schema/access.ts';
import { coreSchema } from './schema/core.ts';
import { metaSchema } from './schema/meta.ts';
import { othersSchema } from './schema/others.ts';
import { workloadsSchema } from './schema/workloads.ts';

/**
 * The protobuf messages of the served kinds, read from a compact notation:
 *
 *     Message: field=NUMBER[!] [inline] TYPE; …
 *
 * `!` marks a field that is no pointer in Go: it is written even when empty. `inline` marks a message whose fields
 * stand in the parent's JSON object. TYPE is a scalar, a message, `[]TYPE` or `map[TYPE]` (with string keys).
 *
 * Source: the generated.proto files of kubernetes/api and kubernetes/apimachinery v1.33; `!` from the gogoproto
 * option `nullable` of their descriptors. Fields that servers before 1.33 do not know are no `!` here, so that the
 * bytes are those of any version. Left out, because no client here reads them: the volume sources of particular
 * storage systems, dynamic resource allocation, and what only Windows has.
 */
export type Scalar = 'string' | 'int32' | 'int64' | 'bool' | 'bytes';
export type Special = 'Time' | 'MicroTime' | 'Quantity' | 'IntOrString' | 'FieldsV1' | 'RawExtension';
export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'special'; readonly special: Special }
  | { readonly kind: 'message'; readonly message: string };

export interface Field {
  /** The name in JSON. */
  readonly name: string;
  readonly number: number;
  readonly always: boolean;
  readonly inline: boolean;
  readonly shape: 'single' | 'list' | 'map';
  readonly type: FieldType;
}

/** Fields in ascending order of their numbers, which is the order on the wire. */
export interface Message {
  readonly name: string;
  readonly fields: readonly Field[];
}

const SCALARS: readonly string[] = ['string', 'int32', 'int64', 'bool', 'bytes'] satisfies Scalar[];
const SPECIALS: readonly string[] = [
  'Time',
  'MicroTime',
  'Quantity',
  'IntOrString',
  'FieldsV1',
  'RawExtension',
] satisfies Special[];

const messages = new Map<string, Message>();
for (const schema of [metaSchema, coreSchema, workloadsSchema, othersSchema, accessSchema]) {
  for (const text of schema.trim().split(/\n(?=\w)/)) {
    const message = parseMessage(text);
    messages.set(message.name, message);
  }
}

/** The message of a kind, or of a part of one. Throws on a name that the schema does not have. */
export function messageNamed(name: string): Message {
  const message = messages.get(name);
  if (message === undefined) throw new Error(`no protobuf message is known for ${name}`);
  return message;
}

function parseMessage(text: string): Message {
  const colon = text.indexOf(':');
  const fields = text
    .slice(colon + 1)
    .split(';')
    .map((field) => parseField(field.trim()));
  return { name: text.slice(0, colon), fields };
}

function parseField(text: string): Field {
  const [, name, number, always, inline, shape, type] =
    /^(\w+)=(\d+)(!?) (inline )?(\[\]|map\[)?(\w+)\]?$/.exec(text) ?? [];
  if (name === undefined || type === undefined) throw new Error(`unreadable field in the schema: ${text}`);
  return {
    name,
    number: Number(number),
    always: always === '!',
    inline: inline !== undefined,
    shape: shape === undefined ? 'single' : shape === '[]' ? 'list' : 'map',
    type: parseType(type),
  };
}

function parseType(name: string): FieldType {
  if (isScalar(name)) return { kind: 'scalar', scalar: name };
  if (isSpecial(name)) return { kind: 'special', special: name };
  return { kind: 'message', message: name };
}

function isScalar(name: string): name is Scalar {
  return SCALARS.includes(name);
}

function isSpecial(name: string): name is Special {
  return SPECIALS.includes(name);
}
