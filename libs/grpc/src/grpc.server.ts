import { type ConfigHandle, hostAndPort, InjectConfig } from '@app/config';
import type { ServiceDefinition } from '@app/contracts';
import { statusOfGrpcCode } from '@app/errors';
import { Lifecycle, listenOrExplain, type Participant } from '@app/lifecycle';
import { AccessLog, accessLevelOf } from '@app/logging';
import { Spans } from '@app/telemetry';
import { Server as Listener, type ServerCredentials, status as GrpcCode } from '@grpc/grpc-js';
import { Injectable, Logger } from '@nestjs/common';
import { type CustomTransportStrategy, type MessageHandler, Server, Transport } from '@nestjs/microservices';
import { type GrpcConfig, grpcConfig } from './grpc.config.js';
import { GrpcMetrics } from './grpc.metrics.js';
import { type GrpcServiceOptions, patternOf } from './grpc-service.decorator.js';
import { addReflection } from './reflection.js';
import { HealthService } from './server/health.service.js';
import { listenerOptions } from './server/listener-options.js';
import { MethodTable } from './server/method-table.js';
import type { EndedCall } from './server/server-environment.js';
import { ServedCalls } from './server/served-calls.js';
import { bytesOf, handlersOf } from './server/service-handlers.js';
import { pingUntilClosing } from './server/ping-until-closing.js';
import { allowResets } from './server/stream-resets.js';
import { capTimeouts } from './server/timeout-cap.js';
import { observeUnserved, type UnservedCall } from './server/unserved-calls.js';
import { CertificateFiles } from './tls/certificate-files.js';
import { serverCredentials } from './tls/server-credentials.js';

/** The extras that `@GrpcService` passes with each handler. */
interface Extras {
  service: ServiceDefinition;
  options?: GrpcServiceOptions;
}

/**
 * Nest's transport for `@GrpcService` controllers. It serves the generated definitions and reads no proto file.
 * `server/` holds what this lib adds to a call: context, validation, metrics, typed errors, back-pressure.
 */
@Injectable()
export class GrpcServer extends Server implements CustomTransportStrategy, Participant {
  override readonly transportId = Transport.GRPC;
  readonly name = 'grpc server';
  private readonly services = new Set<ServiceDefinition>();
  private readonly methods: MethodTable;
  private readonly calls: ServedCalls;
  private listener: Listener | undefined;
  private certificates: CertificateFiles | undefined;
  private grace: NodeJS.Timeout | undefined;

  constructor(
    @InjectConfig(grpcConfig) private readonly config: ConfigHandle<GrpcConfig>,
    private readonly health: HealthService,
    private readonly accessLog: AccessLog,
    metrics: GrpcMetrics,
    spans: Spans,
    lifecycle: Lifecycle,
  ) {
    super();
    const { maxMessageSize, maxMetadataSize } = config.current;
    this.methods = new MethodTable(metrics.server);
    this.calls = new ServedCalls({
      spans,
      logger: new Logger(GrpcServer.name),
      maxMessageSize,
      maxMetadataSize,
      method: (path, streaming) => this.methods.get(path, streaming),
      logAccess: (call) => this.logAccess(call),
    });
    metrics.showInFlight(() => this.calls.size);
    lifecycle.register(this);
  }

  override addHandler(pattern: unknown, handler: MessageHandler, _isEvent?: boolean, extras?: Extras): void {
    if (extras) {
      this.services.add(extras.service);
      this.methods.add(extras.service, extras.options);
    }
    this.messageHandlers.set(JSON.stringify(pattern), handler);
  }

  /** Nest does not await the returned promise; the callback ends the start. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    await this.open().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  /** Sends connected clients GOAWAY. The server accepts new connections until `stopIntake`. */
  startDraining(): void {
    if (this.listener) this.calls.drainConnections(this.listener);
    void this.health.notifyWatchers();
  }

  /** Refuses new calls. Open streams have `grpc.stream_grace` to end. */
  async stopIntake(): Promise<void> {
    await this.health.notifyWatchers();
    if (this.listener) this.calls.refuse(this.listener);
    this.grace = setTimeout(() => this.calls.endStreams(), this.config.current.streamGrace).unref();
  }

  async drain(): Promise<void> {
    await this.calls.idle();
    clearTimeout(this.grace);
  }

  pending(): string[] {
    return this.calls.describe();
  }

  /** Closes the server after the accepted calls have ended. The last replies get a moment to be sent. */
  async close(): Promise<void> {
    const { listener } = this;
    this.certificates?.close();
    if (!listener) return;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => (listener.forceShutdown(), resolve()), LAST_REPLIES_MS);
      listener.tryShutdown(() => (clearTimeout(force), resolve()));
    });
  }

  on(): never {
    throw new Error('The gRPC server has no events.');
  }

  unwrap<T>(): T {
    return this.listener as T;
  }

  private async open(): Promise<void> {
    const { host, port, reflection, maxMessageSize, tls } = this.config.current;
    this.certificates = tls && new CertificateFiles(tls);
    const listener = new Listener({
      ...listenerOptions(this.config.current),
      interceptors: [this.calls.intercept],
    });
    allowResets(listener, this.config.current);
    this.health.addTo(
      listener,
      Array.from(this.services, ({ fullName }) => fullName),
    );
    for (const service of this.services) {
      const handlerOf = (method: Parameters<typeof patternOf>[1]) =>
        this.messageHandlers.get(JSON.stringify(patternOf(service, method)));
      listener.addService(bytesOf(service), handlersOf(service, handlerOf, maxMessageSize));
    }
    if (reflection) await addReflection(listener, this.services);
    await listenOrExplain('gRPC', { section: 'grpc', host, port }, () =>
      bind(listener, hostAndPort(host, port), serverCredentials(tls, this.certificates)),
    );
    capTimeouts(listener);
    pingUntilClosing(listener);
    observeUnserved(listener, (call) => this.countUnserved(call));
    this.listener = listener;
  }

  private countUnserved({ path, ...call }: UnservedCall): void {
    const method = this.methods.find(path);
    method.metrics.started.inc();
    method.metrics.ended(call.code, 0);
    const ended = { ...call, durationMs: 0, error: undefined, bytesSent: 0, bytesReceived: 0 };
    this.logAccess({ method: method.path, ...ended });
  }

  private logAccess({ method, code, durationMs, error, client, bytesSent, bytesReceived }: EndedCall): void {
    const duration = Math.round(durationMs * 1000) / 1000;
    const fields = {
      method,
      code: GrpcCode[code],
      reason: error?.reason,
      duration_ms: duration,
      bytes_sent: bytesSent,
      bytes_received: bytesReceived,
    };
    const succeeded = code === GrpcCode.OK;
    const level = succeeded ? 'info' : accessLevelOf(statusOfGrpcCode(code).http, error);
    this.accessLog.write(fields, { succeeded, level, client });
  }
}

/** How long the last replies may take to be sent, in milliseconds: longer than one waits for its client's PING. */
const LAST_REPLIES_MS = 1_500;

function bind(listener: Listener, address: string, credentials: ServerCredentials): Promise<void> {
  return new Promise((resolve, reject) =>
    listener.bindAsync(address, credentials, (error) => (error ? reject(error) : resolve())),
  );
}
