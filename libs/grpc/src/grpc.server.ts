import type { MessageCodec, MethodDefinition, ServiceDefinition } from '@app/contracts';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { type AppError, ShuttingDownError, toAppError, ValidationFailedError } from '@app/errors';
import { InFlight, Lifecycle, listenOrExplain, type Participant } from '@app/lifecycle';
import { Spans } from '@app/telemetry';
import {
  type MethodDefinition as GrpcMethodDefinition,
  type sendUnaryData,
  status as GrpcCode,
} from '@grpc/grpc-js';
import { Injectable, Logger } from '@nestjs/common';
import {
  type CustomTransportStrategy,
  type MessageHandler,
  GrpcMethodStreamingType,
  ServerGrpc,
} from '@nestjs/microservices';
import { HealthImplementation } from 'grpc-health-check';
import { isObservable, lastValueFrom } from 'rxjs';
import { type AnyServerCall, contextOf } from './grpc-call.context.js';
import { type GrpcConfig, grpcConfig } from './grpc.config.js';
import { GrpcMetrics } from './grpc.metrics.js';
import { patternOf } from './grpc-service.decorator.js';
import { addReflection } from './reflection.js';
import { rpcSpan } from './rpc.span.js';
import { toWire } from './wire-error.js';

type UnaryCall = AnyServerCall & { request: unknown };
type StreamCall = AnyServerCall & { once(event: string, listener: () => void): void };
type Method = MethodDefinition<unknown, unknown>;

/**
 * Nest's gRPC server, served from the generated definitions instead of proto files, with what the house adds
 * to a call: context, validation, metrics, typed errors and a drained stop.
 */
@Injectable()
export class GrpcServer extends ServerGrpc implements CustomTransportStrategy, Participant {
  readonly name = 'grpc server';
  private readonly log = new Logger(GrpcServer.name);
  private readonly services = new Set<ServiceDefinition>();
  private readonly health = new HealthImplementation({ '': 'NOT_SERVING' });
  private readonly inFlight = new InFlight();
  private refusing = false;

  constructor(
    @InjectConfig(grpcConfig) private readonly config: ConfigHandle<GrpcConfig>,
    private readonly metrics: GrpcMetrics,
    private readonly spans: Spans,
    lifecycle: Lifecycle,
  ) {
    const { host, port, maxMessageSize, keepaliveTime, keepaliveTimeout } = config.current;
    super({
      url: `${host}:${port}`,
      package: [],
      maxReceiveMessageLength: maxMessageSize,
      maxSendMessageLength: maxMessageSize,
      keepalive: { keepaliveTimeMs: keepaliveTime, keepaliveTimeoutMs: keepaliveTimeout },
    });
    lifecycle.register(this);
  }

  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEvent?: boolean,
    extras?: { service?: ServiceDefinition },
  ): void {
    if (extras?.service) this.services.add(extras.service);
    super.addHandler(pattern, callback, isEvent);
  }

  override async createClient(): Promise<unknown> {
    let server: unknown;
    await listenOrExplain('gRPC', this.config.current.port, async () => {
      server = (await super.createClient()) as unknown;
    });
    return server;
  }

  override async bindEvents(): Promise<void> {
    this.health.addToServer(this.grpcClient);
    for (const service of this.services) {
      this.grpcClient.addService(grpcDefinitionOf(service), this.implementationOf(service));
      this.health.setStatus(service.fullName, 'SERVING');
    }
    if (this.config.current.reflection) await addReflection(this.grpcClient, this.services);
    this.health.setStatus('', 'SERVING');
  }

  /** Tells connected clients to go elsewhere; new connections are still served until the intake stops. */
  startDraining(): void {
    const { host, port } = this.config.current;
    if (this.grpcClient) this.grpcClient.drain(`${host}:${port}`, DRAIN_GRACE_MS);
  }

  stopIntake(): void {
    this.refusing = true;
    for (const service of ['', ...[...this.services].map(({ fullName }) => fullName)]) {
      this.health.setStatus(service, 'NOT_SERVING');
    }
  }

  async drain(): Promise<void> {
    await this.inFlight.idle();
  }

  pending(): string[] {
    return this.inFlight.describe();
  }

  /**
   * Accepted work is done by now. The last replies get a moment to leave; streams that nobody would end
   * (health `Watch`) must not hold up the stop.
   */
  override async close(): Promise<void> {
    const server = this.grpcClient;
    if (!server) return;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => (server.forceShutdown(), resolve()), LAST_REPLIES_MS);
      server.tryShutdown(() => (clearTimeout(force), resolve()));
    });
  }

  private implementationOf(service: ServiceDefinition): Record<string, never> {
    const entries = Object.entries(service.methods).map(([name, method]) => {
      const handler = this.messageHandlers.get(JSON.stringify(patternOf(service, method)));
      const serve =
        handler && (isStreaming(method) ? this.streaming(handler, method) : this.unary(handler, method));
      return [name, serve];
    });
    return Object.fromEntries(entries) as Record<string, never>;
  }

  private unary(handler: MessageHandler, method: Method) {
    const { name, options } = rpcSpan(method.path, 'server');
    return (call: UnaryCall, callback: sendUnaryData<unknown>): void => {
      const started = performance.now();
      const leave = this.inFlight.enter(method.path);
      const context = contextOf(call, method.path);
      const span = this.spans.open(context, name, options);
      const finish = (code: number, error: AppError | undefined, reply: () => void) => {
        leave();
        const duration = performance.now() - started;
        this.metrics.server.observe(method.path, code, duration);
        this.log.debug({ code: GrpcCode[code], duration_ms: Math.round(duration * 1000) / 1000 }, 'call');
        span.end({ error, attributes: { 'rpc.grpc.status_code': code } });
        reply();
      };
      void context.run(() =>
        this.serveUnary(handler, method, call).then(
          (response) => finish(GrpcCode.OK, undefined, () => callback(null, response)),
          (thrown: unknown) => {
            const error = toAppError(thrown);
            finish(error.status.grpc, error, () => callback(toWire(error)));
          },
        ),
      );
    };
  }

  private async serveUnary(handler: MessageHandler, method: Method, call: UnaryCall): Promise<unknown> {
    if (this.refusing) throw ShuttingDownError.create();
    const issues = method.validate(call.request);
    if (issues.length > 0) throw ValidationFailedError.of(issues);
    // Nest hands a gRPC handler the call as a third argument, which its type leaves out.
    const invoke = handler as unknown as (...args: unknown[]) => Promise<unknown>;
    const result = await invoke(call.request, call.metadata, call);
    return isObservable(result) ? lastValueFrom(result) : result;
  }

  private streaming(handler: MessageHandler, method: Method) {
    const type = method.requestStream
      ? GrpcMethodStreamingType.RX_STREAMING
      : GrpcMethodStreamingType.NO_STREAMING;
    const serve = this.createServiceMethod(handler, method, type) as (
      call: StreamCall,
      callback: unknown,
    ) => unknown;
    const { name, options } = rpcSpan(method.path, 'server');
    return (call: StreamCall, callback?: sendUnaryData<unknown>): void => {
      const leave = this.inFlight.enter(method.path);
      const context = contextOf(call, method.path);
      const span = this.spans.open(context, name, options);
      call.once('close', () => (leave(), span.end()));
      context.run(() => {
        Promise.resolve(serve(call, callback)).catch((error: unknown) =>
          this.log.error({ err: error }, `${method.path} failed`),
        );
      });
    };
  }
}

/** How long a connection that was told to go elsewhere may stay; the coordinator's deadline comes first. */
const DRAIN_GRACE_MS = 60_000;

/** How long the last replies may take to leave. */
const LAST_REPLIES_MS = 500;

function isStreaming(method: Method): boolean {
  return method.requestStream || method.responseStream;
}

function grpcDefinitionOf(
  service: ServiceDefinition,
): Record<string, GrpcMethodDefinition<unknown, unknown>> {
  const methods = Object.entries(service.methods).map(([name, method]: [string, Method]) => [
    name,
    {
      path: method.path,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
      ...serializers('request', method.request),
      ...serializers('response', method.response),
    },
  ]);
  return Object.fromEntries(methods);
}

function serializers(side: 'request' | 'response', codec: MessageCodec<unknown>) {
  return {
    [`${side}Serialize`]: (message: unknown) => toBuffer(codec, message),
    [`${side}Deserialize`]: (bytes: Buffer) => codec.decode(bytes),
  };
}

/** Encodes a message; the bytes are not copied. */
export function toBuffer<Message>(codec: MessageCodec<Message>, message: Message): Buffer {
  const bytes = codec.encode(message).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
