import { type ConfigHandle, InjectConfig } from '@app/config';
import { ShuttingDownError } from '@app/errors';
import { ActiveList, Lifecycle, type Participant } from '@app/lifecycle';
import { AccessLog } from '@app/logging';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Server } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addressRefusalOf } from './address.rules.js';
import { AllowedMethods } from './allowed-methods.js';
import { contentRefusalOf } from './body/content.rules.js';
import { answerExpectation } from './client-error.handler.js';
import { HttpExchange, pathOf } from './http.exchange.js';
import { type HttpConfig, httpConfig } from './http.config.js';
import { HttpRequestError } from './http.errors.js';
import { HttpMetrics } from './http.metrics.js';
import { leave } from './leave.js';

const EXCHANGE = Symbol('exchange');
type Carrier = FastifyRequest & { [EXCHANGE]?: HttpExchange };

/**
 * What surrounds every request, outermost first: context, metrics and access log, so that whatever refuses a
 * request further in is seen; and how the server stops without losing one.
 */
@Injectable()
export class HttpServer implements Participant {
  readonly name = 'http server';
  readonly allowedMethods = new AllowedMethods();
  private readonly active = new ActiveList<HttpExchange>();
  private whenIdle: (() => void) | undefined;
  private listener: Server | undefined;
  private leaving = false;
  private refusing = false;

  constructor(
    @InjectConfig(httpConfig) private readonly config: ConfigHandle<HttpConfig>,
    private readonly accessLog: AccessLog,
    private readonly metrics: HttpMetrics,
    private readonly spans: Spans,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
    metrics.showInflight(() => this.active.size);
  }

  static exchangeOf(request: FastifyRequest): HttpExchange | undefined {
    return (request as Carrier)[EXCHANGE];
  }

  /** Whether clients are sent elsewhere. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  install(fastify: FastifyInstance): void {
    // Each request is made with room for it.
    fastify.decorateRequest(EXCHANGE, undefined);
    fastify.addHook('onRoute', ({ url, method }) => this.allowedMethods.add(url, method));
    fastify.addHook('onRequest', (request, reply, done) => {
      this.begin(request, reply);
      done(this.refusalOf(request));
    });
    // The body arrives in events of the socket, outside the context: it is entered where it is needed, here. Only
    // here may a stop refuse: a connection that is closed upon an unread body is reset, and the reply is lost.
    fastify.addHook('preValidation', (request, _reply, done) => {
      const exchange = HttpServer.exchangeOf(request);
      if (this.leaving) exchange?.dismissClient();
      if (this.refusing) return done(ShuttingDownError.create());
      if (exchange) exchange.context.run(done);
      else done();
    });
    fastify.server.on('checkExpectation', answerExpectation);
    this.listener = fastify.server;
  }

  /** From now on every reply sends its client elsewhere: those that are asked for next, and those under way. */
  startDraining(): void {
    this.leaving = true;
    for (const exchange of this.active) exchange.dismissClient();
  }

  stopIntake(): void {
    this.refusing = true;
  }

  async drain(): Promise<void> {
    await this.idle();
    if (this.listener) await leave(this.listener);
    await this.idle();
  }

  pending(): string[] {
    return Array.from(
      this.active,
      ({ context, durationMs }) => `${context.operation} (for ${Math.round(durationMs)} ms)`,
    );
  }

  /** A request has come in. */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const exchange = new HttpExchange(request, reply, this.config.current.deadline, this.spans);
    (request as Carrier)[EXCHANGE] = exchange;
    this.active.add(exchange);
    // Fastify's own hook does not see a client that goes away in the middle of a body.
    reply.raw.on('close', () => this.end(exchange, request));
    void reply.header('x-request-id', exchange.context.requestId);
  }

  /** The reply has left, or the client has gone. */
  private end(exchange: HttpExchange, request: FastifyRequest): void {
    const status = exchange.close();
    this.active.remove(exchange);
    const { context, durationMs } = exchange;
    context.run(() => {
      this.metrics.observe(request.method, context.operation, status, durationMs);
      const duration = Math.round(durationMs * 1000) / 1000;
      this.accessLog.write(
        { method: request.method, path: pathOf(request), status, duration_ms: duration },
        { succeeded: status < 400 },
      );
    });
    if (this.active.size === 0) this.whenIdle?.();
  }

  private idle(): Promise<void> {
    if (this.active.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.whenIdle = resolve));
  }

  private refusalOf(request: FastifyRequest): Error | undefined {
    if (!request.headers.host && request.raw.httpVersion === '1.1')
      return HttpRequestError.malformedRequest('it names no host');
    if (request.url.length > this.config.current.maxUrlLength) return HttpRequestError.uriTooLong();
    return addressRefusalOf(request) ?? (request.is404 ? undefined : contentRefusalOf(request.headers));
  }
}
