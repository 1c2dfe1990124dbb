import { stringAt } from '../json.ts';
import type { KubeObject, ResourceType } from '../types.ts';
import { type Column, columnsOf } from './columns.ts';
import { jsonBytes, metadataJson, objectJson } from './object-bytes.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  readonly includeObject: IncludeObject;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
}

/** What `includeObject` of a query asks for; metadata when it is silent. */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject');
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}

/** The column definitions as JSON. */
export function columnDefinitions(resource: ResourceType): Buffer {
  return jsonBytes(
    columnsOf(resource).map(({ name, type, format, description, priority }: Column) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
  );
}

/** One row as JSON. */
export function tableRow(resource: ResourceType, object: KubeObject, options: TableOptions): Buffer {
  const cells = jsonBytes(columnsOf(resource).map((column) => column.cell(object, options.now)));
  return Buffer.concat([
    Buffer.from('{"cells":'),
    cells,
    Buffer.from(',"object":'),
    includedObject(object, options.includeObject),
    Buffer.from('}'),
  ]);
}

function includedObject(object: KubeObject, include: IncludeObject): Buffer {
  if (include === 'None') return Buffer.from('null');
  return include === 'Object' ? objectJson(object) : metadataJson(object);
}

/** A table of one object, as a get or a watch answers; `columns` only in the first event of a watch. */
export function tableOfOne(
  resource: ResourceType,
  object: KubeObject,
  options: TableOptions & { readonly tableVersion: string; readonly columns: boolean },
): Buffer {
  const revision = stringAt(object, 'metadata', 'resourceVersion');
  const definitions = options.columns ? columnDefinitions(resource) : Buffer.from('null');
  return Buffer.concat([
    Buffer.from(`{"kind":"Table","apiVersion":${JSON.stringify(options.tableVersion)},"metadata":`),
    jsonBytes({ resourceVersion: revision }),
    Buffer.from(',"columnDefinitions":'),
    definitions,
    Buffer.from(',"rows":['),
    tableRow(resource, object, options),
    Buffer.from(']}'),
  ]);
}
