import type { AppError } from '@app/errors';
import { accepts } from './accept.header.js';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The parts of an error that a client reads. */
export interface ErrorReply {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

export interface ErrorReplyOptions {
  traceId: string;
  /** Path of the request, for `instance`. */
  path: string;
  /** The request's `Accept`. */
  accept: string | undefined;
}

/**
 * The reply to an error: the contract's own shape, or RFC 9457 when `Accept` requests it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export function errorReply(error: AppError, { traceId, path, accept }: ErrorReplyOptions): ErrorReply {
  const status = error.status.http;
  const problem = accepts(accept, 'application/problem+json');
  const headers: Record<string, string> = {
    'content-type': problem ? PROBLEM_TYPE : JSON_TYPE,
    'cache-control': 'no-store',
  };
  if (error.retryAfterMs !== undefined)
    headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
  const { reason, message, details } = error;
  const body = problem
    ? {
        type: 'about:blank',
        title: reason,
        status,
        detail: message,
        instance: path,
        reason,
        trace_id: traceId,
        ...(details && { details }),
      }
    : errorBody(error, traceId);
  return { status, headers, body };
}

/** An error in the contract's own shape: the body of a reply, or a part of one. */
export function errorBody(error: AppError, traceId: string): Record<string, unknown> {
  const { status, reason, message, details } = error;
  return { code: status.http, reason, message, trace_id: traceId, details: details ?? {} };
}
