import { deadlineIn, LazyAbortController, RequestContext } from '@app/context';
import type { AppError } from '@app/errors';
import type { ActiveItem } from '@app/lifecycle';
import type { OpenSpan, Spans } from '@app/telemetry';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from './client-address.js';
import { hasBody } from './connection/body-of.js';
import { HttpConnection } from './connection/http.connection.js';
import { Transfer } from './connection/transfer.js';
import { routeOf } from './route-config.js';

/** The label of a request that no route answers. */
export const UNMATCHED = 'unmatched';
const CLIENT_GONE = 499;

/** One HTTP request from its headers to the end of its reply: its context, start time, transfer and error. */
export class HttpExchange implements ActiveItem {
  readonly context: RequestContext;
  position = 0;
  /** Why the request was refused or failed. */
  error: AppError | undefined;
  /** The status of the error that ended the reply after it had begun, when its own status was already sent. */
  brokenWith: number | undefined;
  readonly startedAt = performance.now();
  /** For the access log. A closed connection no longer has an address. */
  readonly address: string | undefined;
  readonly transfer: Transfer;
  private readonly client = new LazyAbortController();
  private readonly span: OpenSpan | undefined;

  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    deadlineMs: number,
    spans: Spans,
  ) {
    const { url, config } = routeOf(request);
    this.address = clientAddress(request);
    this.transfer = new Transfer(request.raw.socket);
    this.context = new RequestContext({
      entry: 'http',
      operation: config.operation ?? url ?? UNMATCHED,
      requestId: request.headers['x-request-id'],
      traceparent: single(request.headers['traceparent']),
      deadline: deadlineIn(config.deadlineMs ?? deadlineMs),
      caller: this.client,
    });
    if (spans.enabled) this.span = openSpan(spans, this.context, request);
  }

  /** Whether there is a body that still has to be read or dropped. */
  get isBodyUnread(): boolean {
    const { raw, headers } = this.request;
    return !raw.readableEnded && hasBody(headers);
  }

  isOn(socket: Socket): boolean {
    return this.request.raw.socket === socket;
  }

  isUnfinishedOn(socket: Socket): boolean {
    const { raw } = this.request;
    return raw.socket === socket && !raw.complete;
  }

  /**
   * Answers with an error before the request is complete. The rest of the request is not used.
   *
   * @returns false when a reply was already sent
   */
  fail(error: Error): boolean {
    if (this.reply.sent) return false;
    void this.reply.send(error);
    return true;
  }

  /** Sets `Connection: close` on the reply, and closes the connection after it. */
  closeConnection(): void {
    if (!this.reply.raw.headersSent) void this.reply.header('connection', 'close');
    HttpConnection.of(this.request.raw.socket).closeAfter(this.request.raw);
  }

  /** Whether the reply closes the connection. */
  get isLast(): boolean {
    return this.reply.getHeader('connection') === 'close';
  }

  /**
   * Sets `Connection: close`, so that the client sends its next request to another server. Not while a body is still
   * arriving: closing the connection then resets it, and the reply is lost.
   */
  closeAfterReply(): void {
    if (isWhole(this.request) && !this.reply.raw.headersSent) void this.reply.header('connection', 'close');
  }

  /**
   * Ends the exchange when its reply was sent or its client has gone.
   *
   * @returns the status for log and metrics: 499 when the client did not wait for the end; that of the error which
   *   ended the reply on our side
   */
  close(): number {
    const finished = this.reply.raw.writableFinished;
    const status = this.brokenWith ?? (finished ? this.reply.statusCode : CLIENT_GONE);
    if (!finished) this.client.abort();
    this.span?.end({
      attributes: { 'http.response.status_code': status },
      ...(status >= 500 && { error: new Error(`answered with ${status}`) }),
    });
    return status;
  }

  get durationMs(): number {
    return performance.now() - this.startedAt;
  }
}

/** The address without its query, which may contain data that must not appear in logs and traces. */
export function pathOf(request: FastifyRequest): string {
  const { url } = request;
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** Whether the whole request has arrived. A request without a body is not `complete` before its first hooks. */
function isWhole({ raw, headers }: FastifyRequest): boolean {
  return raw.complete || !hasBody(headers);
}

function openSpan(spans: Spans, context: RequestContext, request: FastifyRequest): OpenSpan {
  return spans.open(context, `${request.method} ${context.operation}`, {
    kind: 'server',
    attributes: {
      'http.request.method': request.method,
      'http.route': context.operation,
      'url.path': pathOf(request),
      'ganymede.request_id': context.requestId,
    },
  });
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
