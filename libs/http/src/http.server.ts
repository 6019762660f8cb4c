import { type ConfigHandle, InjectConfig } from '@app/config';
import { ShuttingDownError } from '@app/errors';
import { UnorderedPool, Lifecycle, type Participant } from '@app/lifecycle';
import { AccessLog, accessLevelOf } from '@app/logging';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AllowedMethods } from './allowed-methods.js';
import { BodyWatch } from './body/body-watch.js';
import { forgetBody, hasBody, isJsonInChunks, whenBodyIsKnown } from './connection/body-of.js';
import { installExpectContinue } from './connection/expect-continue.js';
import { HttpConnection } from './connection/http.connection.js';
import { cutSlowReaders } from './connection/slow-readers.js';
import { MAX_PARAM_LENGTH } from './http.adapter.js';
import { HttpExchange, pathOf } from './http.exchange.js';
import { type HttpConfig, httpConfig } from './http.config.js';
import { HttpRequestError } from './http.errors.js';
import { HttpMetrics } from './http.metrics.js';
import { drainConnections } from './drain-connections.js';
import { isStreamed, refusalOf } from './request.rules.js';
import { type HttpRouteConfig, ROUTE } from './route-config.js';
import { VERB } from './verb.constraint.js';

const EXCHANGE = Symbol('exchange');
type Carrier = FastifyRequest & { [EXCHANGE]?: HttpExchange };

/**
 * Wraps every request, outermost first, in its context, metrics and access log, so that they record every refusal
 * further in. Also stops the server without losing a request.
 */
@Injectable()
export class HttpServer implements Participant {
  readonly name = 'http server';
  private readonly allowedMethods = new AllowedMethods(MAX_PARAM_LENGTH);
  private readonly active = new UnorderedPool<HttpExchange>();
  private whenIdle: (() => void) | undefined;
  private listener: Server | undefined;
  private leaving = false;
  private refusing = false;

  constructor(
    @InjectConfig(httpConfig) private readonly config: ConfigHandle<HttpConfig>,
    private readonly accessLog: AccessLog,
    private readonly metrics: HttpMetrics,
    private readonly spans: Spans,
    private readonly bodies: BodyWatch,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
    metrics.showInflight(() => this.active.size);
  }

  static exchangeOf(request: FastifyRequest): HttpExchange | undefined {
    return (request as Carrier)[EXCHANGE];
  }

  /** Whether replies set `Connection: close`, because the server stops. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  /** The handler's name of the route that serves this method, address and verb: `OrdersController.get`. */
  handlerOf(method: string, url: string, verb?: string): string | undefined {
    return this.allowedMethods.ownerOf(method, url, verb);
  }

  install(fastify: FastifyInstance): void {
    // Each request object is created with these properties.
    fastify.decorateRequest(EXCHANGE, undefined);
    fastify.decorateRequest(ROUTE, undefined);
    fastify.addHook('onRoute', ({ url, method, config, constraints, handler }) => {
      const verb = constraints?.[VERB] as string | undefined;
      this.allowedMethods.add({ url, method, verb, owner: handler.name });
      const { operation = url } = (config ?? {}) as HttpRouteConfig;
      for (const each of [method].flat()) this.metrics.expect(each, operation);
    });
    fastify.addHook('onRequest', (request, reply, done) =>
      this.admit(request, reply, () => this.check(request, done)),
    );
    // The body arrives in socket events, outside the context, so the context is entered here. A stopping server may
    // refuse only here: closing a connection with an unread body resets it, and the reply is lost.
    fastify.addHook('preValidation', (request, reply, done) => {
      const exchange = HttpServer.exchangeOf(request);
      if (exchange && hasBody(request.headers)) {
        const connection = HttpConnection.of(request.raw.socket);
        if (isStreamed(request)) connection.releaseWith(reply.raw);
        else connection.releaseAfter(request.raw);
      }
      if (this.leaving) exchange?.closeAfterReply();
      if (this.refusing) return done(ShuttingDownError.create());
      if (exchange) exchange.context.run(done);
      else done();
    });
    installExpectContinue(fastify.server);
    this.bodies.start(({ socket }, error) => this.unfinishedOn(socket)?.fail(error) ?? false);
    cutSlowReaders(fastify.server, {
      limits: () => ({ grace: this.config.current.readGrace, minRate: this.config.current.minReadRate }),
      onCut: (socket) => this.blameReader(socket),
    });
    this.listener = fastify.server;
  }

  /** From now on every reply sets `Connection: close`, for requests in flight and for new ones. */
  startDraining(): void {
    this.leaving = true;
    for (const exchange of this.active) exchange.closeAfterReply();
  }

  stopIntake(): void {
    this.refusing = true;
  }

  async drain(): Promise<void> {
    await this.idle();
    if (this.listener) await drainConnections(this.listener);
    await this.idle();
  }

  pending(): string[] {
    return Array.from(
      this.active,
      ({ context, durationMs }) => `${context.operation} (for ${Math.round(durationMs)} ms)`,
    );
  }

  /** Admits a request when its connection is free. After the last reply of a connection, no request is admitted. */
  admit(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
    const connection = HttpConnection.of(request.raw.socket);
    if (connection.isFree) {
      this.begin(request, reply, connection);
      next();
    } else {
      connection.wait(() => this.admit(request, reply, next));
    }
  }

  /** The request on this connection that has not arrived completely. There is at most one. */
  unfinishedOn(socket: Socket): HttpExchange | undefined {
    return [...this.active].find((exchange) => exchange.isUnfinishedOn(socket));
  }

  private blameReader(socket: Socket): void {
    for (const exchange of this.active)
      if (exchange.isOn(socket)) exchange.error ??= HttpRequestError.slowReader();
  }

  private begin(request: FastifyRequest, reply: FastifyReply, connection: HttpConnection): void {
    const exchange = new HttpExchange(request, reply, this.config.current.deadline, this.spans);
    (request as Carrier)[EXCHANGE] = exchange;
    this.active.add(exchange);
    connection.begin();
    if (hasBody(request.headers)) this.bodies.watch(connection.startBody(request.raw, isStreamed(request)));
    // Fastify's own hook does not run for a client that disconnects in the middle of a body.
    reply.raw.on('close', () => this.end(exchange, request, connection));
    void reply.header('x-request-id', exchange.context.requestId);
  }

  private check(request: FastifyRequest, done: (refusal?: Error) => void): void {
    const { raw, headers } = request;
    const { failure } = HttpConnection.of(raw.socket);
    if (failure && !raw.complete) return done(failure);
    const refusal = refusalOf(request, this.config.current, this.allowedMethods);
    if (refusal) return done(refusal);
    if (!hasBody(headers)) {
      if (headers['content-type'] !== undefined) forgetBody(raw);
      done();
    } else if (isJsonInChunks(headers)) {
      whenBodyIsKnown(raw, (isEmpty) => {
        if (isEmpty) forgetBody(raw);
        done();
      });
    } else {
      done();
    }
  }

  /** Called when the reply was sent, or the client has disconnected. */
  private end(exchange: HttpExchange, request: FastifyRequest, connection: HttpConnection): void {
    const status = exchange.close();
    this.active.remove(exchange);
    connection.end();
    const { context, durationMs, error, transfer, address } = exchange;
    const bytes = { bytes_sent: transfer.sent, bytes_received: transfer.end() };
    const client = { address, userAgent: request.headers['user-agent'] };
    context.run(() => {
      this.metrics.observe(request.method, context.operation, status, durationMs);
      const duration = Math.round(durationMs * 1000) / 1000;
      this.accessLog.write(
        {
          method: request.method,
          path: pathOf(request),
          status,
          reason: error?.reason,
          duration_ms: duration,
          ...bytes,
        },
        { succeeded: status < 400, level: accessLevelOf(status, error), client },
      );
    });
    if (this.active.size === 0) this.whenIdle?.();
  }

  private idle(): Promise<void> {
    if (this.active.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.whenIdle = resolve));
  }
}
