/** Deployment, StatefulSet and DaemonSet, after kubernetes/api `apps/v1/generated.proto`. */

import { DecodeError } from '../decode-error.ts';
import { EVERYTHING, isWorkloadAnnotation, NO_TEMPLATE } from '../kept.ts';
import type {
  AppsKind,
  Condition,
  LabelSelector,
  PodTemplate,
  UpdateStrategy,
  WorkloadRecord,
  WorkloadStatus,
} from '../records.ts';
import type { Cursor } from './cursor.ts';
import { Meta } from './meta.ts';
import { readSelector } from './selector.ts';
import { readTemplate } from './template.ts';

interface SpecNumbers {
  readonly replicas: number;
  readonly selector: number;
  readonly template: number;
  readonly strategy: number;
  readonly minReadySeconds: number;
  readonly paused: number;
  readonly progressDeadlineSeconds: number;
}

interface StrategyNumbers {
  readonly maxUnavailable: number;
  readonly maxSurge: number;
  readonly partition: number;
}

interface StatusNumbers {
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly unavailable: number;
  readonly conditions: number;
  readonly currentRevision: number;
  readonly updateRevision: number;
  /** DaemonSet only: pods wanted. */
  readonly desired: number;
}

/** Field numbers of the three kinds; -1 where a kind has no such field. */
const NUMBERS: Readonly<
  Record<AppsKind, { spec: SpecNumbers; strategy: StrategyNumbers; status: StatusNumbers }>
> = {
  Deployment: {
    spec: {
      replicas: 1,
      selector: 2,
      template: 3,
      strategy: 4,
      minReadySeconds: 5,
      paused: 7,
      progressDeadlineSeconds: 9,
    },
    strategy: { maxUnavailable: 1, maxSurge: 2, partition: -1 },
    status: {
      observedGeneration: 1,
      replicas: 2,
      updated: 3,
      available: 4,
      unavailable: 5,
      conditions: 6,
      ready: 7,
      currentRevision: -1,
      updateRevision: -1,
      desired: -1,
    },
  },
  StatefulSet: {
    spec: {
      replicas: 1,
      selector: 2,
      template: 3,
      strategy: 7,
      minReadySeconds: 9,
      paused: -1,
      progressDeadlineSeconds: -1,
    },
    strategy: { maxUnavailable: 2, maxSurge: -1, partition: 1 },
    status: {
      observedGeneration: 1,
      replicas: 2,
      ready: 3,
      updated: 5,
      currentRevision: 6,
      updateRevision: 7,
      conditions: 10,
      available: 11,
      unavailable: -1,
      desired: -1,
    },
  },
  DaemonSet: {
    spec: {
      selector: 1,
      template: 2,
      strategy: 3,
      minReadySeconds: 4,
      replicas: -1,
      paused: -1,
      progressDeadlineSeconds: -1,
    },
    strategy: { maxUnavailable: 1, maxSurge: 2, partition: -1 },
    status: {
      replicas: 1,
      desired: 3,
      ready: 4,
      observedGeneration: 5,
      updated: 6,
      available: 7,
      unavailable: 8,
      conditions: 10,
      currentRevision: -1,
      updateRevision: -1,
    },
  },
};

interface Spec {
  replicas: number;
  paused: boolean;
  minReadySeconds: number;
  progressDeadlineSeconds: number;
  selector: LabelSelector;
  template: PodTemplate;
  strategy: UpdateStrategy;
}

/** A decoder for one of the three kinds of apps/v1 that can be restarted. */
export function createWorkloadDecoder(kind: AppsKind): (cursor: Cursor) => WorkloadRecord {
  const meta = new Meta();
  return (cursor) => {
    const labels: Record<string, string> = {};
    const annotations: Record<string, string> = {};
    const sink = {
      label: (at: Cursor) => at.entryInto(labels),
      annotation: (at: Cursor) => at.entryInto(annotations, isWorkloadAnnotation),
    };
    let hasMeta = false;
    let spec = newSpec();
    let status = newStatus();
    for (let field = cursor.next(); field !== 0; field = cursor.next()) {
      switch (field) {
        case 1:
          hasMeta = true;
          meta.read(cursor, sink);
          break;
        case 2:
          spec = readSpec(cursor, kind);
          break;
        case 3:
          status = readStatus(cursor, kind);
          break;
        default:
          cursor.skip();
      }
    }
    if (!hasMeta) throw new DecodeError(`${kind} without metadata`);
    meta.check(kind);
    const { desired, ...counters } = status;
    const replicas = kind === 'DaemonSet' ? desired : spec.replicas;
    return {
      kind,
      namespace: meta.namespace,
      name: meta.name,
      uid: meta.uid,
      resourceVersion: meta.resourceVersion,
      createdAt: meta.createdAt,
      deletedAt: meta.deletedAt,
      generation: meta.generation,
      owner: meta.owner,
      labels,
      annotations,
      replicas,
      paused: spec.paused,
      minReadySeconds: spec.minReadySeconds,
      progressDeadlineSeconds: spec.progressDeadlineSeconds,
      strategy: spec.strategy,
      selector: spec.selector,
      template: spec.template,
      status:
        kind === 'StatefulSet'
          ? { ...counters, unavailable: Math.max(0, replicas - counters.available) }
          : counters,
    };
  };
}

function newSpec(): Spec {
  return {
    replicas: 1,
    paused: false,
    minReadySeconds: 0,
    progressDeadlineSeconds: 0,
    selector: EVERYTHING,
    template: NO_TEMPLATE,
    strategy: { type: '', maxUnavailable: '', maxSurge: '', partition: 0 },
  };
}

function readSpec(cursor: Cursor, kind: AppsKind): Spec {
  const numbers = NUMBERS[kind].spec;
  const spec = newSpec();
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case numbers.replicas:
        spec.replicas = cursor.number();
        break;
      case numbers.selector:
        spec.selector = readSelector(cursor);
        break;
      case numbers.template:
        spec.template = readTemplate(cursor);
        break;
      case numbers.strategy:
        spec.strategy = readStrategy(cursor, kind);
        break;
      case numbers.minReadySeconds:
        spec.minReadySeconds = cursor.number();
        break;
      case numbers.paused:
        spec.paused = cursor.boolean();
        break;
      case numbers.progressDeadlineSeconds:
        spec.progressDeadlineSeconds = cursor.number();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
  return spec;
}

function readStrategy(cursor: Cursor, kind: AppsKind): UpdateStrategy {
  const numbers = NUMBERS[kind].strategy;
  let type = '';
  let maxUnavailable = '';
  let maxSurge = '';
  let partition = 0;
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) {
      type = cursor.pooled();
    } else if (field === 2) {
      const rolling = cursor.enter();
      for (let inner = cursor.next(); inner !== 0; inner = cursor.next()) {
        if (inner === numbers.maxUnavailable) maxUnavailable = cursor.intOrString();
        else if (inner === numbers.maxSurge) maxSurge = cursor.intOrString();
        else if (inner === numbers.partition) partition = cursor.number();
        else cursor.skip();
      }
      cursor.leave(rolling);
    } else {
      cursor.skip();
    }
  }
  cursor.leave(outer);
  return { type, maxUnavailable, maxSurge, partition };
}

type Status = { -readonly [Field in keyof WorkloadStatus]: WorkloadStatus[Field] } & { desired: number };

function newStatus(): Status {
  return {
    observedGeneration: 0,
    replicas: 0,
    updated: 0,
    ready: 0,
    available: 0,
    unavailable: 0,
    conditions: [],
    currentRevision: '',
    updateRevision: '',
    desired: 0,
  };
}

function readStatus(cursor: Cursor, kind: AppsKind): Status {
  const numbers = NUMBERS[kind].status;
  const status = newStatus();
  const conditions: Condition[] = [];
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case numbers.observedGeneration:
        status.observedGeneration = cursor.number();
        break;
      case numbers.replicas:
        status.replicas = cursor.number();
        break;
      case numbers.updated:
        status.updated = cursor.number();
        break;
      case numbers.ready:
        status.ready = cursor.number();
        break;
      case numbers.available:
        status.available = cursor.number();
        break;
      case numbers.unavailable:
        status.unavailable = cursor.number();
        break;
      case numbers.desired:
        status.desired = cursor.number();
        break;
      case numbers.conditions:
        conditions.push(readCondition(cursor));
        break;
      case numbers.currentRevision:
        status.currentRevision = cursor.pooled();
        break;
      case numbers.updateRevision:
        status.updateRevision = cursor.pooled();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
  status.conditions = conditions;
  return status;
}

/** The conditions of the three kinds agree in the fields that are kept. */
function readCondition(cursor: Cursor): Condition {
  let type = '';
  let status = '';
  let reason = '';
  let message = '';
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 1:
        type = cursor.pooled();
        break;
      case 2:
        status = cursor.pooled();
        break;
      case 4:
        reason = cursor.pooled();
        break;
      case 5:
        message = cursor.message();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
  return { type, status, reason, message };
}
