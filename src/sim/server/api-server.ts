import { randomBytes, randomUUID } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { MemoryStore } from '../store.ts';
import type { PodAdmission, SimClock } from '../types.ts';
import { type AuditLog, createAuditLog } from './audit.ts';
import { type Authorizer, allowAll } from './authorizer.ts';
import { type Authority, createAuthority } from './certificate.ts';
import { createFaultInjector } from './fault-injector.ts';
import type { Faults } from './faults.ts';
import { createHandler } from './handler.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { listen, stopListening } from './listener.ts';
import { ANONYMOUS, type User, type UsersByToken } from './users.ts';
import type { ValidatingAdmission } from './validation.ts';
import { DEFAULT_VERSION, type ServerVersion } from './version.ts';
import { createWatches } from './watch.ts';

export interface ApiServerOptions {
  readonly store?: MemoryStore;
  /** Mutating admission of pods. */
  readonly admission?: PodAdmission;
  /** The time that objects carry. */
  readonly clock?: SimClock;
  /** The time in which watches end and bookmarks come; the real one unless a test says otherwise. */
  readonly wireClock?: SimClock;
  /** Or how it is made of what is stored. Everybody may do everything unless it is given. */
  readonly authorizer?: Authorizer | ((store: MemoryStore) => Authorizer);
  /** Makes, of what is stored, who judges every write before it is stored. */
  readonly validating?: (store: MemoryStore) => ValidatingAdmission;
  readonly version?: ServerVersion;
  /** Default true. Plain http takes requests without a token as the administrator's, as kubectl sends none there. */
  readonly tls?: boolean;
  /** Further bearer tokens and the users behind them; may change while the server runs. */
  readonly users?: ReadonlyMap<string, User>;
  /** 0 for any free port. */
  readonly port?: number;
  /** Whether `sendInitialEvents` is served (feature WatchList). Default false, as before Kubernetes 1.32. */
  readonly watchList?: boolean;
  /** 0 to 1, for generated names; asked only when an object is written, so a seeded one stays in step. */
  readonly random?: () => number;
  /** For objects of dry runs; what is stored gets its uid from the store. */
  readonly uid?: () => string;
  /** Requests wait for it. */
  readonly ready?: Promise<void>;
}

export interface KubeconfigRequest {
  /** Default: the administrator's token. */
  readonly token?: string;
  /** Name of context, cluster and user. */
  readonly name?: string;
  readonly namespace?: string;
}

export interface ApiServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly store: MemoryStore;
  /** PEM of the certificate authority; undefined for plain http. */
  readonly authority: string | undefined;
  /** The administrator's bearer token. */
  readonly token: string;
  /** The text of a kubeconfig for this server. */
  kubeconfig(request?: KubeconfigRequest): string;
  readonly audit: AuditLog;
  readonly faults: Faults;
  /** Ends all watches and connections. */
  close(): Promise<void>;
}

export const ADMINISTRATOR: User = { name: 'admin', groups: ['system:masters'] };

const HOST = '127.0.0.1';
const CERTIFICATE_HOSTS = [HOST, '::1', 'localhost', 'kubernetes'];
/** Longer than clients keep idle connections, so that none is closed under a request. */
const KEEP_ALIVE_MS = 180_000;

/** A real API server on loopback over the objects of a store; controllers and kubelets are not its business. */
export async function createApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const clock = options.clock ?? realClock;
  const store = options.store ?? new MemoryStore({ now: () => clock.now() });
  const secure = options.tls ?? true;
  const token = randomBytes(24).toString('base64url');
  const users: UsersByToken = {
    get: (given) => (given === token ? ADMINISTRATOR : options.users?.get(given)),
  };
  const watches = createWatches(store, options.wireClock ?? realClock);
  const audit = createAuditLog();
  const authority = secure ? createAuthority('linkerd-upgrade-simulation', Date.now()) : undefined;
  const faults = createFaultInjector({ store, watches });
  const handle = createHandler({
    write: {
      store,
      clock,
      admission: options.admission,
      validating: options.validating?.(store),
      random: options.random ?? Math.random,
      uid: options.uid ?? randomUUID,
    },
    authorizer: authorizerOf(options.authorizer ?? allowAll, store),
    users,
    withoutToken: secure ? ANONYMOUS : ADMINISTRATOR,
    version: options.version ?? DEFAULT_VERSION,
    watches,
    watchDefaults: { watchList: options.watchList ?? false, random: Math.random },
    audit,
    faultFor: faults.faultFor,
  });
  const { ready } = options;
  const server = createServer(
    authority,
    ready === undefined ? handle : (req, res) => void ready.then(() => handle(req, res)),
  );
  faults.attach(server);
  const port = await listen(server, options.port ?? 0);
  const url = `${secure ? 'https' : 'http'}://${HOST}:${port}`;

  return {
    url,
    port,
    store,
    authority: authority?.certificate,
    token,
    audit,
    faults,
    kubeconfig: ({ token: other = token, name = 'simulation', namespace } = {}) =>
      kubeconfigText({ name, server: url, authority: authority?.certificate, token: other, namespace }),
    async close() {
      watches.close();
      await stopListening(server);
    },
  };
}

function authorizerOf(
  authorizer: NonNullable<ApiServerOptions['authorizer']>,
  store: MemoryStore,
): Authorizer {
  return typeof authorizer === 'function' ? authorizer(store) : authorizer;
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

function createServer(authority: Authority | undefined, handle: Handler): Server {
  const settings = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 };
  if (authority === undefined) return createHttpServer(settings, handle);
  const { certificate, key } = authority.issue({ hosts: CERTIFICATE_HOSTS });
  return createHttpsServer({ ...settings, cert: certificate, key }, handle);
}

const realClock: SimClock = {
  now: Date.now,
  after(ms, action) {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
