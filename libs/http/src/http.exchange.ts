import { deadlineIn, RequestContext } from '@app/context';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The label of a request that no route answers. */
export const UNMATCHED = 'unmatched';
const CLIENT_GONE = 499;

/** One request on its way through the gateway: its context, and when it came in. */
export class HttpExchange {
  readonly context: RequestContext;
  readonly startedAt = performance.now();
  private readonly gone = new AbortController();

  constructor(request: FastifyRequest, deadlineMs: number) {
    this.context = new RequestContext({
      door: 'http',
      operation: request.routeOptions.url ?? UNMATCHED,
      requestId: request.headers['x-request-id'],
      traceparent: single(request.headers['traceparent']),
      deadline: deadlineIn(deadlineMs),
      signal: this.gone.signal,
    });
  }

  /**
   * The connection has no more to do with this request.
   *
   * @returns the status for log and metrics: 499 when the client did not wait for the end
   */
  close(reply: FastifyReply): number {
    if (reply.raw.writableFinished) return reply.statusCode;
    this.gone.abort();
    return CLIENT_GONE;
  }

  get durationMs(): number {
    return performance.now() - this.startedAt;
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
