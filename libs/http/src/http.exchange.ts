import { deadlineIn, RequestContext } from '@app/context';
import type { OpenSpan, Spans } from '@app/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The label of a request that no route answers. */
export const UNMATCHED = 'unmatched';
const CLIENT_GONE = 499;

/** One request on its way through the gateway: its context, and when it came in. */
export class HttpExchange {
  readonly context: RequestContext;
  readonly startedAt = performance.now();
  private readonly span: OpenSpan;
  private readonly gone = new AbortController();

  constructor(request: FastifyRequest, deadlineMs: number, spans: Spans) {
    this.context = new RequestContext({
      door: 'http',
      operation: request.routeOptions.url ?? UNMATCHED,
      requestId: request.headers['x-request-id'],
      traceparent: single(request.headers['traceparent']),
      deadline: deadlineIn(deadlineMs),
      signal: this.gone.signal,
    });
    const { operation } = this.context;
    this.span = spans.open(this.context, `${request.method} ${operation}`, {
      kind: 'server',
      ...(spans.enabled && {
        attributes: {
          'http.request.method': request.method,
          'http.route': operation,
          'url.path': pathOf(request),
          'ganymede.request_id': this.context.requestId,
        },
      }),
    });
  }

  /**
   * The connection has no more to do with this request.
   *
   * @returns the status for log and metrics: 499 when the client did not wait for the end
   */
  close(reply: FastifyReply): number {
    const finished = reply.raw.writableFinished;
    const status = finished ? reply.statusCode : CLIENT_GONE;
    if (!finished) this.gone.abort();
    this.span.end({
      attributes: { 'http.response.status_code': status },
      ...(status >= 500 && { error: new Error(`answered with ${status}`) }),
    });
    return status;
  }

  get durationMs(): number {
    return performance.now() - this.startedAt;
  }
}

/** The address without its query, which may hold what neither log nor trace should. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
