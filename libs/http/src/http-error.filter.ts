import { type ConfigHandle, InjectConfig } from '@app/config';
import { startTrace } from '@app/context';
import { type AppError, withoutOutcome } from '@app/errors';
import { logError } from '@app/logging';
import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasBody } from './connection/body-of.js';
import { errorReply, type ErrorReply } from './error-body.js';
import { type HttpConfig, httpConfig } from './http.config.js';
import { pathOf } from './http.exchange.js';
import { HttpServer } from './http.server.js';
import { isStreamed } from './request.rules.js';
import { toHttpError } from './to-http-error.js';

/** Methods without effects; their errors have no outcome. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Answers every error of the HTTP side in the shape of the contract, and logs it at the error's `logLevel`. */
@Catch()
@Injectable()
export class HttpErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(HttpErrorFilter.name);

  constructor(
    private readonly server: HttpServer,
    @InjectConfig(httpConfig) private readonly config: ConfigHandle<HttpConfig>,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also called for requests that Fastify refuses before Nest receives them. */
  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = this.record(thrown, request);
    const exchange = HttpServer.exchangeOf(request);
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    // A request that was refused before its body has not passed the hook that sets `Connection: close` on the others.
    if (this.server.isLeaving) exchange?.closeAfterReply();
    if (exchange && (exchange.isBodyUnread || exchange.isLast || isAmbiguous(error, request)))
      exchange.closeConnection();
    const { status, headers, body } = replyTo(error, request);
    if (error.reason === 'METHOD_NOT_ALLOWED') headers['allow'] = allowedBy(error).join(', ');
    void reply.status(status).headers(headers).serializer(JSON.stringify).send(body);
  }

  /**
   * For an error after the reply has begun: logs it like any other, and returns its body in the contract's format. Log
   * and metrics count the request with the status of the error.
   */
  bodyOf(thrown: unknown, request: FastifyRequest): Record<string, unknown> {
    const { status, body } = replyTo(this.record(thrown, request), request);
    const exchange = HttpServer.exchangeOf(request);
    if (exchange) exchange.brokenWith = status;
    return body;
  }

  private record(thrown: unknown, request: FastifyRequest): AppError {
    const meant = toHttpError(thrown, {
      method: request.method,
      path: pathOf(request),
      contentType: request.headers['content-type'],
      bodyLimit: this.config.current.bodyLimit,
    });
    const error = SAFE.has(request.method) ? withoutOutcome(meant) : meant;
    const exchange = HttpServer.exchangeOf(request);
    if (exchange) exchange.error = error;
    const log = () => logError(this.logger, error);
    if (exchange) exchange.context.run(log);
    else log();
    return error;
  }
}

function replyTo(error: AppError, request: FastifyRequest): ErrorReply {
  const { traceId } = HttpServer.exchangeOf(request)?.context.trace ?? startTrace();
  return errorReply(error, { traceId, path: pathOf(request), accept: request.headers.accept });
}

const MALFORMED = new Set(['MALFORMED_REQUEST', 'MALFORMED_BODY']);

/** Whether the end of the request is uncertain. Then no later request of the connection may run. */
function isAmbiguous({ reason }: AppError, request: FastifyRequest): boolean {
  return MALFORMED.has(reason) || (isStreamed(request) && hasBody(request.headers));
}

function allowedBy({ details }: AppError): readonly string[] {
  return (details as { allowed: readonly string[] }).allowed;
}
