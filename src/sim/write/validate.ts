import { invalid, type StatusCause } from '../api-error.ts';
import { arrayAt, at, stringAt } from '../json.ts';
import { leases, pods } from '../resources.ts';
import type { KubeObject, ResourceType } from '../types.ts';

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const NON_NEGATIVE = ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'];

/** Refuses, with a 422 ApiError, what the API server's own validation would refuse of the things clients get wrong. */
export function validate(resource: ResourceType, object: KubeObject): void {
  const causes: Required<StatusCause>[] = [];
  const { name } = object.metadata;
  if (!NAME.test(name) || name.length > 253) {
    const rule =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'";
    causes.push(
      cause('FieldValueInvalid', 'metadata.name', `Invalid value: ${JSON.stringify(name)}: ${rule}`),
    );
  }
  for (const field of NON_NEGATIVE) {
    const value = at(object, 'spec', field);
    if (typeof value !== 'number' || value >= 0) continue;
    const message = `Invalid value: ${value}: must be greater than or equal to 0`;
    causes.push(cause('FieldValueInvalid', `spec.${field}`, message));
  }
  if (resource === pods) {
    for (const { field, name: volume } of missingVolumes(object.spec)) {
      causes.push(cause('FieldValueNotFound', field, `Not found: ${JSON.stringify(volume)}`));
    }
  }
  if (causes.length > 0) throw invalid(resource, name, causes);
}

/** Volumes that containers mount and the pod does not have. Source: kubernetes `pkg/apis/core/validation/validation.go`. */
function missingVolumes(spec: unknown): readonly { readonly field: string; readonly name: string }[] {
  const volumes = new Set(arrayAt(spec, 'volumes').map((volume) => stringAt(volume, 'name')));
  return ['initContainers', 'containers'].flatMap((list) =>
    arrayAt(spec, list).flatMap((container, index) =>
      arrayAt(container, 'volumeMounts').flatMap((mount, position) => {
        const name = stringAt(mount, 'name');
        return volumes.has(name)
          ? []
          : [{ field: `spec.${list}[${index}].volumeMounts[${position}].name`, name }];
      }),
    ),
  );
}

/** Kinds that take no update without a version: two holders of a Lease must not overwrite each other. */
export function requireVersion(resource: ResourceType, object: KubeObject): void {
  if (resource !== leases || (object.metadata.resourceVersion ?? '') !== '') return;
  const message = 'Invalid value: 0x0: must be specified for an update';
  throw invalid(resource, object.metadata.name, [
    cause('FieldValueInvalid', 'metadata.resourceVersion', message),
  ]);
}

function cause(reason: string, field: string, message: string): Required<StatusCause> {
  return { reason, message, field };
}
