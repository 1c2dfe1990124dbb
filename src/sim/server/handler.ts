import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, badRequest, internalError } from '../api-error.ts';
import { decodeObject, mediaType, readBody } from '../write/request-body.ts';
import { type Answer, send } from './answer.ts';
import type { AuditEntry } from './audit.ts';
import { isSubstitute, statusOf, substitute } from './fault-answer.ts';
import type { Fault, FaultRequest } from './faults.ts';
import { errorFormat } from './negotiation.ts';
import { valueAnswer } from './render.ts';
import { parseRequest, type RequestInfo } from './request-info.ts';
import { checkImpersonation, type Exchange, type Outcome, type RouteParts, route } from './routes.ts';
import { type Identity, identify, type User, type UsersByToken } from './users.ts';

export interface HandlerParts extends RouteParts {
  readonly users: UsersByToken;
  readonly withoutToken: User;
  readonly audit: { record(entry: AuditEntry): void };
  readonly faultFor: (request: FaultRequest) => Fault | undefined;
}

/**
 * Requests to answers. Everything between the last byte of a request's body and its answer happens at once, so a
 * request sees and changes one state of the store.
 */
export function createHandler(parts: HandlerParts): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    serve(parts, req, res).catch((error: unknown) => {
      if (res.headersSent || res.destroyed) res.destroy();
      else send(res, errorAnswer(error, req.headers.accept), { gzip: false }).catch(() => res.destroy());
    });
  };
}

async function serve(parts: HandlerParts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const info = readRequestLine(req);
  res.setHeader('Audit-Id', randomUUID());
  res.setHeader('Cache-Control', 'no-cache, private');
  res.setHeader('Date', new Date(parts.write.clock.now()).toUTCString());
  const body = await readBody(req);
  const { headers } = req;
  const exchange: Exchange = { info, headers, accept: headers.accept, body, res };
  const fault = parts.faultFor(faultRequest(exchange));
  if (isSubstitute(fault)) {
    record(parts, exchange, nobody(parts), statusOf(fault));
    await substitute(res, fault);
    return;
  }
  if (fault?.kind === 'delay') await sleep(fault.ms);

  const outcome = answer(parts, exchange);
  if (outcome === 'watching' || fault?.kind === 'hang') return;
  if (fault?.kind === 'reset') {
    res.socket?.destroy();
    return;
  }
  await send(res, outcome, {
    gzip: /\bgzip\b/.test(String(headers['accept-encoding'] ?? '')),
    truncateAfter: fault?.kind === 'truncate' ? fault.bytes : undefined,
    change: fault?.kind === 'corrupt' ? fault.change : undefined,
  });
}

function readRequestLine(req: IncomingMessage): RequestInfo {
  try {
    return parseRequest(req.method ?? 'GET', req.url ?? '/');
  } catch {
    throw badRequest(`unreadable path: ${req.url}`);
  }
}

function nobody({ withoutToken }: HandlerParts): Identity {
  return { authenticated: withoutToken, effective: withoutToken };
}

/** The answer to a request; errors are answers too. The audit log gets its entry here. */
function answer(parts: HandlerParts, exchange: Exchange): Outcome {
  let identity = nobody(parts);
  let outcome: Outcome;
  try {
    identity = identify(exchange.headers, parts.users, parts.withoutToken);
    checkImpersonation(parts, identity);
    outcome = route(parts, exchange, identity.effective);
  } catch (error) {
    outcome = errorAnswer(error, exchange.accept);
  }
  record(parts, exchange, identity, outcome === 'watching' ? 200 : outcome.code);
  return outcome;
}

/** A Status in the form that the client reads; a 406 is written for people. */
function errorAnswer(error: unknown, accept: string | undefined): Answer {
  const apiError =
    error instanceof ApiError ? error : internalError(error instanceof Error ? error.message : String(error));
  const { code } = apiError;
  const status = apiError.status();
  const format = errorFormat(accept);
  if (format === 'json' && code === 406) {
    return {
      code,
      contentType: 'application/json',
      body: [Buffer.from(JSON.stringify(status, undefined, 2))],
    };
  }
  return { ...valueAnswer(code, status, format), headers: code === 504 ? { 'Retry-After': '1' } : {} };
}

function faultRequest({ headers, info }: Exchange): FaultRequest {
  const { method, verb, path, query, target } = info;
  return {
    method,
    verb,
    path,
    query,
    resource: target?.plural ?? '',
    subresource: target?.subresource ?? '',
    namespace: target?.namespace ?? '',
    name: target?.name ?? '',
    userAgent: headers['user-agent'] ?? '',
  };
}

function record(parts: HandlerParts, exchange: Exchange, identity: Identity, code: number): void {
  const { headers, info, body } = exchange;
  const { authenticated, effective } = identity;
  parts.audit.record({
    user: authenticated.name,
    impersonatedUser: effective === authenticated ? undefined : effective.name,
    userAgent: headers['user-agent'] ?? '',
    method: info.method,
    verb: info.verb,
    path: info.url,
    resource: info.target?.plural ?? '',
    subresource: info.target?.subresource ?? '',
    namespace: info.target?.namespace ?? '',
    name: info.target?.name ?? '',
    body: auditBody(body, headers['content-type']),
    code,
  });
}

function auditBody(body: Buffer, contentType: string | undefined): unknown {
  if (body.length === 0) return undefined;
  try {
    if (mediaType(contentType) === 'application/vnd.kubernetes.protobuf')
      return decodeObject(body, contentType);
    return JSON.parse(body.toString('utf8'));
  } catch {
    return body.toString('utf8');
  }
}
