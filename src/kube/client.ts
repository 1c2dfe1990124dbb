/** Reading and writing one cluster: what everything above this folder sees of an API server, besides reflectors. */

import { arch, platform } from 'node:os';
import {
  ACCESS_REVIEWS,
  type AccessAnswer,
  type AccessQuestion,
  accessAnswer,
  accessReview,
} from './access.ts';
import { checkAnswer, decodingError, JSON_TYPE, PROTOBUF, parseObject, readBody } from './answer.ts';
import { type Clock, sleep, systemClock } from './clock.ts';
import type { ConnectionConfig } from './config/connection.ts';
import type { Environment } from './config/load.ts';
import type { PluginPolicy } from './config/plugin-policy.ts';
import { createCredentials } from './credentials/credentials.ts';
import type { TakeTerminal } from './credentials/exec-plugin.ts';
import { DecodeError } from './decode-error.ts';
import { KubeError } from './errors.ts';
import { type EventRecord, eventsOf } from './events.ts';
import { Gate } from './gate.ts';
import { type JsonObject, textAt } from './json/value.ts';
import {
  acceptFor,
  kindOf,
  type ListOptions,
  type ListResult,
  list,
  type Reader,
  withQuery,
} from './list.ts';
import { Cursor } from './protobuf/cursor.ts';
import { readEnvelope } from './protobuf/envelope.ts';
import type { AppsKind, KubeRecord, NamespaceRecord, WorkloadRecord } from './records.ts';
import {
  namespaces as namespaceResource,
  type Resource,
  resourcePath,
  rollouts,
  workloadResources,
} from './resources.ts';
import { retryAfterSeconds } from './retry-after.ts';
import type { Answer, RequestOptions, Timeouts } from './transport/exchange.ts';
import { createTransport, type Transport } from './transport/transport.ts';
import { type WatchEvent, type WatchOptions, watch } from './watch.ts';

/** Name under which writes are recorded in `managedFields`. */
export const FIELD_MANAGER = 'kubectl-linkerd-upgrade';

export interface ClientOptions {
  /** Version of this program, for the User-Agent. */
  readonly userAgentVersion: string;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  /** For proxies and exec plugins; the process's own by default. */
  readonly env?: Environment;
  readonly pluginPolicy?: PluginPolicy;
  readonly takeTerminal?: TakeTerminal | undefined;
  /** Gets what credential plugins print for people, cleaned. */
  readonly onPluginOutput?: ((text: string) => void) | undefined;
  readonly pluginTimeoutMs?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** In place of connections of its own: a server that is not behind a socket. */
  readonly transport?: Transport;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Times that a read is tried while the server is busy and says how long to wait; 4 by default. */
  readonly attempts?: number;
}

export interface ServerVersion {
  /** For example `v1.31.2`. */
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
}

export interface PatchOptions extends CallOptions {
  /** The patch is refused with `conflict` when the object has another version. */
  readonly resourceVersion?: string;
  /** Runs through admission and is not stored. */
  readonly dryRun?: boolean;
}

/** A JSON request for what has no record, such as Leases. Answers are raw: clean what is shown. */
export interface JsonRequest extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** For example `/apis/coordination.k8s.io/v1/namespaces/linkerd/leases`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** `application/json` by default. */
  readonly contentType?: string;
  /** For lists: asks for no more than `metadata` of each object, a small part of the bytes of most kinds. */
  readonly metadataOnly?: boolean;
  /** For messages: `create lease linkerd/upgrade`. */
  readonly operation: string;
}

/** Whom the client talks to and as whom; nothing secret. */
export type ConnectionInfo = Pick<
  ConnectionConfig,
  'context' | 'cluster' | 'user' | 'server' | 'namespace' | 'impersonation'
>;

export interface KubeClient {
  readonly connection: ConnectionInfo;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Seconds that the server's clock is ahead of ours, by its latest Date header; 0 before the first. */
  readonly clockOffset: number;
  /** Until when requests wait because the server has asked for it, in milliseconds of `clock`; in the past if it has not. */
  readonly busyUntil: number;
  version(options?: CallOptions): Promise<ServerVersion>;
  get<R extends KubeRecord>(
    resource: Resource<R>,
    namespace: string,
    name: string,
    options?: CallOptions,
  ): Promise<R>;
  /** Records are given to `onRecord` as they arrive; see {@link ListOptions} for the kinds of list. */
  list<R extends KubeRecord>(
    resource: Resource<R>,
    options: ListOptions & CallOptions,
    onRecord: (record: R) => void,
  ): Promise<ListResult>;
  watch<R extends KubeRecord>(
    resource: Resource<R>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<R>, void, undefined>;
  /**
   * Sets `spec.restartAt` of an Argo Rollout, which makes its controller replace all pods made before that time, and
   * annotations of its own. A merge patch, since custom resources know no strategic one. Never repeated by itself.
   */
  restartRollout(
    namespace: string,
    name: string,
    restartAt: string,
    annotations: Readonly<Record<string, string>>,
    options?: PatchOptions,
  ): Promise<WorkloadRecord>;
  /**
   * Sets annotations of the pod template (null removes one), which restarts the workload, and answers its new state.
   * Never repeated by itself.
   */
  patchTemplateAnnotations(
    kind: AppsKind,
    namespace: string,
    name: string,
    annotations: AnnotationChanges,
    options?: PatchOptions,
  ): Promise<WorkloadRecord>;
  /** Sets annotations of a Namespace (null removes one), and answers its new state. Never repeated by itself. */
  patchAnnotations(
    namespace: string,
    annotations: AnnotationChanges,
    options?: PatchOptions,
  ): Promise<NamespaceRecord>;
  canI(question: AccessQuestion, options?: CallOptions): Promise<AccessAnswer>;
  /** Events of one object, newest first, a hundred at most. */
  events(namespace: string, uid: string, options?: CallOptions): Promise<readonly EventRecord[]>;
  json(request: JsonRequest): Promise<JsonObject>;
  /** Closes all connections. */
  close(): void;
}

/** Values by key; null removes the annotation. */
export type AnnotationChanges = Readonly<Record<string, string | null>>;

interface ObjectPatch {
  /** For messages: `restart`. */
  readonly verb: string;
  readonly namespace: string;
  readonly name: string;
  readonly patch: unknown;
  readonly contentType: string;
}

const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
/** A list of metadata, or of whole objects from what does not know that form. */
const METADATA_LIST = `${JSON_TYPE};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,${JSON_TYPE}`;
const DEFAULT_ATTEMPTS = 4;
/** Wait of a busy server that names none. */
const BUSY_SECONDS = 1;
const EVENT_LIMIT = 100;
/** A Date header is cut to whole seconds, so the server's time is half a second later on average. */
const HALF_SECOND_MS = 500;

export function createKubeClient(connection: ConnectionConfig, options: ClientOptions): KubeClient {
  const { clock = systemClock, random = Math.random, env = process.env } = options;
  const credentials = createCredentials(connection, {
    clock,
    env,
    policy: options.pluginPolicy ?? { policy: 'AllowAll' },
    userAgent: userAgent(options.userAgentVersion),
    takeTerminal: options.takeTerminal,
    onPluginOutput: options.onPluginOutput,
    ...(options.pluginTimeoutMs === undefined ? {} : { pluginTimeoutMs: options.pluginTimeoutMs }),
  });
  const transport =
    options.transport ??
    createTransport({
      connection,
      credentials,
      userAgent: userAgent(options.userAgentVersion),
      env,
      clock,
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    });
  const { server } = connection;
  const gate = new Gate(clock);
  const never = new AbortController().signal;
  let clockOffset = 0;

  const reader: Reader = { transport, clock, server, send, jsonOnly: new Set() };

  async function send(request: RequestOptions): Promise<Answer> {
    await gate.pass(request.signal ?? never);
    const answer = await transport.send({
      ...request,
      path: withTimeout(request.path, connection.requestTimeoutMs),
    });
    learnClock(answer);
    const wait = retryAfterSeconds(answer.header('retry-after'), answer.header('date'), clock.now());
    if (answer.status === 429 || (answer.status >= 500 && wait !== undefined))
      gate.close(wait ?? BUSY_SECONDS);
    return answer;
  }

  function learnClock(answer: Answer): void {
    const date = Date.parse(answer.header('date') ?? '');
    if (!Number.isNaN(date)) clockOffset = Math.round((date + HALF_SECOND_MS - clock.now()) / 1000);
  }

  /** Tries a read again as long as the server is busy and says for how long. */
  async function retrying<T>(
    { attempts = DEFAULT_ATTEMPTS, signal = never }: CallOptions,
    read: () => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof KubeError) || attempt >= attempts || !isBusy(error)) throw error;
        // A little apart from others who were told the same.
        await sleep(clock, ((error.retryAfterSeconds ?? BUSY_SECONDS) + random()) * 1000, signal);
        if (signal.aborted) throw error;
      }
    }
  }

  async function readJson(request: RequestOptions): Promise<JsonObject> {
    const answer = await send(request);
    await checkAnswer(answer, request.operation, server, clock.now());
    const body = await readBody(answer, request.operation);
    try {
      return parseObject(body.toString('utf8'));
    } catch (error) {
      throw decodingError(error, request.operation);
    }
  }

  async function readRecord<R extends KubeRecord>(
    resource: Resource<R>,
    request: RequestOptions,
  ): Promise<R> {
    const answer = await send(request);
    await checkAnswer(answer, request.operation, server, clock.now());
    const body = await readBody(answer, request.operation);
    try {
      return answer.mediaType === PROTOBUF ? recordIn(resource, body) : recordOf(resource, body);
    } catch (error) {
      throw decodingError(error, request.operation);
    }
  }

  function patchRecord<R extends KubeRecord>(
    resource: Resource<R>,
    { verb, namespace, name, patch, contentType }: ObjectPatch,
    call: PatchOptions,
  ): Promise<R> {
    const query = new URLSearchParams({ fieldManager: FIELD_MANAGER });
    if (call.dryRun === true) query.set('dryRun', 'All');
    return readRecord(resource, {
      method: 'PATCH',
      path: withQuery(resourcePath(resource, namespace, name), query),
      accept: acceptFor(resource, PROTOBUF, ''),
      body: { contentType, text: JSON.stringify(patch) },
      signal: call.signal,
      operation: `${verb} ${objectName(resource, namespace, name)}`,
    });
  }

  const { context, cluster, user, namespace: defaultNamespace, impersonation } = connection;
  return {
    connection: { context, cluster, user, server, namespace: defaultNamespace, impersonation },
    clock,
    random,
    get clockOffset() {
      return clockOffset;
    },
    get busyUntil() {
      return gate.closedUntil;
    },

    async version(call = {}) {
      const operation = `read the version of ${server}`;
      const version = await retrying(call, () =>
        readJson({ method: 'GET', path: '/version', accept: JSON_TYPE, signal: call.signal, operation }),
      );
      const gitVersion = textAt(version, 'gitVersion');
      if (gitVersion === '') throw notKubernetes(operation);
      return { gitVersion, major: textAt(version, 'major'), minor: textAt(version, 'minor') };
    },

    get(resource, namespace, name, call = {}) {
      return retrying(call, () =>
        readRecord(resource, {
          method: 'GET',
          path: resourcePath(resource, namespace, name),
          accept: acceptFor(resource, PROTOBUF, ''),
          signal: call.signal,
          operation: `read ${objectName(resource, namespace, name)}`,
        }),
      );
    },

    list(resource, call, onRecord) {
      let given = false;
      return retrying(call, () => {
        if (given) call.onRestart?.();
        given = false;
        return list(reader, resource, call, (record) => {
          given = true;
          onRecord(record);
        });
      });
    },

    watch: (resource, call) => watch(reader, resource, call),

    patchTemplateAnnotations(kind, namespace, name, annotations, call = {}) {
      const resource = workloadResources[kind];
      const patch = {
        ...(call.resourceVersion === undefined
          ? {}
          : { metadata: { resourceVersion: call.resourceVersion } }),
        spec: { template: { metadata: { annotations } } },
      };
      const contentType = STRATEGIC_MERGE_PATCH;
      return patchRecord(resource, { verb: 'restart', namespace, name, patch, contentType }, call);
    },

    patchAnnotations(namespace, annotations, call = {}) {
      const { resourceVersion } = call;
      const metadata = { annotations, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
      const target = { verb: 'annotate', namespace: '', name: namespace, contentType: MERGE_PATCH };
      return patchRecord(namespaceResource, { ...target, patch: { metadata } }, call);
    },

    restartRollout(namespace, name, restartAt, annotations, call = {}) {
      const { resourceVersion } = call;
      const metadata = { annotations, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
      const patch = { metadata, spec: { restartAt } };
      const contentType = MERGE_PATCH;
      return patchRecord(rollouts, { verb: 'restart', namespace, name, patch, contentType }, call);
    },

    async canI(question, call = {}) {
      const operation = `ask whether ${question.verb} ${question.resource} is allowed`;
      const review = await retrying(call, () =>
        readJson({
          method: 'POST',
          path: ACCESS_REVIEWS,
          accept: JSON_TYPE,
          body: { contentType: JSON_TYPE, text: JSON.stringify(accessReview(question)) },
          signal: call.signal,
          operation,
        }),
      );
      const answer = accessAnswer(review);
      if (answer === undefined) throw notKubernetes(operation);
      return answer;
    },

    async events(namespace, uid, call = {}) {
      const query = new URLSearchParams({
        fieldSelector: `involvedObject.uid=${uid}`,
        limit: String(EVENT_LIMIT),
      });
      const answer = await retrying(call, () =>
        readJson({
          method: 'GET',
          path: withQuery(`/api/v1/namespaces/${encodeURIComponent(namespace)}/events`, query),
          accept: JSON_TYPE,
          signal: call.signal,
          operation: `list events in namespace ${namespace}`,
        }),
      );
      return eventsOf(answer);
    },

    json(request) {
      const query = new URLSearchParams(request.query);
      const call = () =>
        readJson({
          method: request.method,
          path: withQuery(request.path, query),
          accept: request.metadataOnly === true ? METADATA_LIST : JSON_TYPE,
          body:
            request.body === undefined
              ? undefined
              : { contentType: request.contentType ?? JSON_TYPE, text: JSON.stringify(request.body) },
          signal: request.signal,
          operation: request.operation,
        });
      return request.method === 'GET' ? retrying(request, call) : call();
    },

    close: () => transport.close(),
  };

  function notKubernetes(operation: string): KubeError {
    return new KubeError(
      'not-kubernetes',
      `could not ${operation}: it did not give a Kubernetes answer. Check the server in the kubeconfig.`,
    );
  }
}

function isBusy(error: KubeError): boolean {
  if (error.kind === 'too-many-requests') return true;
  return (
    error.retryAfterSeconds !== undefined && (error.kind === 'unavailable' || error.kind === 'not-kubernetes')
  );
}

function userAgent(version: string): string {
  const os = platform() === 'win32' ? 'windows' : platform();
  const cpu = arch() === 'x64' ? 'amd64' : arch();
  return `kubectl-linkerd-upgrade/${version} (${os}/${cpu})`;
}

/** kubectl repeats its --request-timeout to the server, in whole seconds at least. (Of watches we do not.) */
function withTimeout(path: string, timeoutMs: number): string {
  if (timeoutMs === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}timeout=${Math.ceil(timeoutMs / 1000)}s`;
}

function objectName(resource: Resource, namespace: string, name: string): string {
  return `${resource.kind.toLowerCase()} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

function recordIn<R extends KubeRecord>(resource: Resource<R>, body: Buffer): R {
  const cursor = new Cursor();
  const envelope = readEnvelope(cursor, body, 0, body.length);
  const expected = kindOf(resource, '');
  if (envelope.kind !== expected) throw new DecodeError(`expected a ${expected}, got "${envelope.kind}"`);
  cursor.reset(body, envelope.start, envelope.end);
  return resource.createDecoder()(cursor);
}

function recordOf<R extends KubeRecord>(resource: Resource<R>, body: Buffer): R {
  const object = parseObject(body.toString('utf8'));
  if (object.kind !== resource.kind && object.kind !== kindOf(resource, '')) {
    throw new DecodeError(`expected a ${resource.kind}`);
  }
  return resource.fromJson(object);
}
