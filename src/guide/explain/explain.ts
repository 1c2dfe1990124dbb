import type { MeshView } from '../../mesh/view.ts';
import type { Explanation } from '../explanation.ts';
import { explainClass } from './class.ts';
import { explainNamespace } from './namespace.ts';
import type { ExplainSubject } from './subject.ts';
import { explainVersion } from './version.ts';
import { explainWorkload } from './workload.ts';

/** What explanations are made from. */
export interface ExplainSource {
  readonly mesh: MeshView;
  /** `gitVersion` of the API server. */
  readonly kubernetes: string;
}

export type Explained = Explanation | { readonly error: string };

/** Explains a subject from what is known of the cluster: why it is as it is, and what a restart would do. */
export function explain(subject: ExplainSubject, { mesh, kubernetes }: ExplainSource): Explained {
  switch (subject.kind) {
    case 'workload': {
      const { namespace, kind, name } = subject.key;
      const workload = mesh
        .workloads(namespace)
        .find((candidate) => candidate.kind === kind && candidate.name === name);
      return workload
        ? explainWorkload(workload, mesh)
        : { error: `there is no ${kind.toLowerCase()}/${name} in namespace ${namespace} any more` };
    }
    case 'namespace': {
      const namespace = mesh.namespaces.find(({ name }) => name === subject.name);
      return namespace
        ? explainNamespace(namespace, mesh)
        : { error: `there is no namespace ${subject.name}, or it may not be read` };
    }
    case 'version':
      return explainVersion(subject.version, mesh, kubernetes);
    case 'class':
      return explainClass(subject.name, mesh);
  }
}
