/** PodTemplateSpec, after kubernetes/api `core/v1/generated.proto`. */

import { isTemplateAnnotation } from '../kept.ts';
import type { PodTemplate, TemplateContainer } from '../records.ts';
import type { Cursor } from './cursor.ts';

export function readTemplate(cursor: Cursor): PodTemplate {
  const labels: Record<string, string> = {};
  const annotations: Record<string, string> = {};
  let spec: PodSpec = NO_SPEC;
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) readTemplateMeta(cursor, labels, annotations);
    else if (field === 2) spec = readPodSpec(cursor);
    else cursor.skip();
  }
  cursor.leave(outer);
  return { labels, annotations, ...spec };
}

function readTemplateMeta(
  cursor: Cursor,
  labels: Record<string, string>,
  annotations: Record<string, string>,
): void {
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 11) cursor.entryInto(labels);
    else if (field === 12) cursor.entryInto(annotations, isTemplateAnnotation);
    else cursor.skip();
  }
  cursor.leave(outer);
}

type PodSpec = Pick<PodTemplate, 'hostNetwork' | 'automountServiceAccountToken' | 'containers'>;

const NO_SPEC: PodSpec = { hostNetwork: false, automountServiceAccountToken: undefined, containers: [] };

function readPodSpec(cursor: Cursor): PodSpec {
  let hostNetwork = false;
  let automountServiceAccountToken: boolean | undefined;
  const initContainers: TemplateContainer[] = [];
  const containers: TemplateContainer[] = [];
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 2:
        containers.push(readContainer(cursor, false));
        break;
      case 11:
        hostNetwork = cursor.boolean();
        break;
      case 20:
        initContainers.push(readContainer(cursor, true));
        break;
      case 21:
        automountServiceAccountToken = cursor.boolean();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
  return { hostNetwork, automountServiceAccountToken, containers: [...initContainers, ...containers] };
}

function readContainer(cursor: Cursor, init: boolean): TemplateContainer {
  let name = '';
  let image = '';
  let sidecar = false;
  let readinessProbe = false;
  let hostPort = false;
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 1:
        name = cursor.pooled();
        break;
      case 2:
        image = cursor.pooled();
        break;
      case 6:
        hostPort = hasHostPort(cursor) || hostPort;
        break;
      case 11:
        readinessProbe = true;
        cursor.skip();
        break;
      case 24:
        sidecar = init && cursor.pooled() === 'Always';
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
  return { name, image, init, sidecar, readinessProbe, hostPort };
}

function hasHostPort(cursor: Cursor): boolean {
  let port = 0;
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 2) port = cursor.number();
    else cursor.skip();
  }
  cursor.leave(outer);
  return port !== 0;
}
