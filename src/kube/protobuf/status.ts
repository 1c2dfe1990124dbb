/** Status, after kubernetes/apimachinery `pkg/apis/meta/v1/generated.proto`. */

import { NO_DETAILS, type Status, type StatusCause, type StatusDetails } from '../status.ts';
import type { Cursor } from './cursor.ts';
import { readListMeta } from './list-meta.ts';

export function decodeStatus(cursor: Cursor): Status {
  let message = '';
  let reason = '';
  let code = 0;
  let details = NO_DETAILS;
  let continueToken = '';
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 1:
        continueToken = readListMeta(cursor).continueToken;
        break;
      case 3:
        message = cursor.message();
        break;
      case 4:
        reason = cursor.text();
        break;
      case 5:
        details = readDetails(cursor);
        break;
      case 6:
        code = cursor.number();
        break;
      default:
        cursor.skip();
    }
  }
  return { message, reason, code, details, continueToken };
}

function readDetails(cursor: Cursor): StatusDetails {
  let name = '';
  let group = '';
  let kind = '';
  let retryAfterSeconds = 0;
  const causes: StatusCause[] = [];
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 1:
        name = cursor.text();
        break;
      case 2:
        group = cursor.text();
        break;
      case 3:
        kind = cursor.text();
        break;
      case 4:
        causes.push(readCause(cursor));
        break;
      case 5:
        retryAfterSeconds = cursor.number();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
  return { name, group, kind, retryAfterSeconds, causes };
}

function readCause(cursor: Cursor): StatusCause {
  let reason = '';
  let message = '';
  let at = '';
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) reason = cursor.text();
    else if (field === 2) message = cursor.message();
    else if (field === 3) at = cursor.text();
    else cursor.skip();
  }
  cursor.leave(outer);
  return { reason, message, field: at };
}
