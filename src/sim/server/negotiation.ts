import { notAcceptable } from '../api-error.ts';

/** How an answer is written. */
export interface Representation {
  readonly format: 'json' | 'protobuf';
  readonly shape: 'object' | 'table' | 'metadata';
  /** `meta.k8s.io/v1` or the older `v1beta1`, for tables. */
  readonly tableVersion: string;
}

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The representation for an Accept header: the first clause that the server can serve, as kube-apiserver chooses.
 * Custom resources have no protobuf form. Throws a 406 ApiError when no clause fits; that error is itself written in
 * the form that `errorFormat` names.
 */
export function negotiate(accept: string | undefined, custom: boolean): Representation {
  const clauses = parseAccept(accept);
  for (const { type, parameters } of clauses) {
    const format = formatOf(type, custom);
    if (format === undefined) continue;
    const as = parameters.get('as') ?? '';
    const tableVersion = `${parameters.get('g') ?? 'meta.k8s.io'}/${parameters.get('v') ?? 'v1'}`;
    if (as === '') return { format, shape: 'object', tableVersion };
    if (as === 'Table' && format === 'json') return { format, shape: 'table', tableVersion };
    if (as.startsWith('PartialObjectMetadata')) return { format, shape: 'metadata', tableVersion };
  }
  if (clauses.some(({ type }) => type === PROTOBUF_TYPE)) {
    throw notAcceptable(
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  }
  throw notAcceptable(
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, ' +
      'application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    {},
  );
}

/** The form of a Status: protobuf when the client asks for it first, else JSON. */
export function errorFormat(accept: string | undefined): 'json' | 'protobuf' {
  const readable = parseAccept(accept).find(({ type }) => formatOf(type, false) !== undefined);
  return readable?.type === PROTOBUF_TYPE ? 'protobuf' : 'json';
}

export function contentType(format: 'json' | 'protobuf', stream = false): string {
  if (format === 'json') return JSON_TYPE;
  return stream ? `${PROTOBUF_TYPE};stream=watch` : PROTOBUF_TYPE;
}

function formatOf(type: string, custom: boolean): 'json' | 'protobuf' | undefined {
  if (type === JSON_TYPE || type === '*/*' || type === 'application/*') return 'json';
  return type === PROTOBUF_TYPE && !custom ? 'protobuf' : undefined;
}

function parseAccept(accept: string | undefined): readonly Clause[] {
  if (accept === undefined || accept.trim() === '') return [{ type: '*/*', parameters: new Map() }];
  return accept.split(',').map((clause) => {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    return { type: type.toLowerCase(), parameters: new Map(parameters.map(splitParameter)) };
  });
}

function splitParameter(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}
