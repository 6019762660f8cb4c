import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { fromProtobuf, otlpService, withHexadecimalIds } from './otlp/otlp.service.js';
import { type OtlpBody, spansOfOtlp } from './otlp/otlp.spans.js';
import type { ReceivedSpan } from './received-span.js';

const OTLP = '/v1/traces';
const ZIPKIN = '/api/v2/spans';

/** @see https://zipkin.io/zipkin-api/ */
interface ZipkinSpan {
  traceId: string;
  id: string;
  parentId?: string;
  name: string;
  kind?: string;
  duration: number;
  localEndpoint: { serviceName: string };
  tags?: Record<string, string>;
}

/** An OTLP collector over HTTP and gRPC, and a Zipkin server, which store the received spans. */
export class TraceReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** The encodings of the received requests: a content type, or `grpc`. */
  readonly encodings = new Set<string>();
  private readonly http: HttpServer = createServer();
  private readonly grpc = new GrpcServer();
  private grpcPort = 0;

  private constructor() {}

  static async start(): Promise<TraceReceiver> {
    const receiver = new TraceReceiver();
    await receiver.listen();
    return receiver;
  }

  /** The URL for OTLP over HTTP, as JSON or protobuf. */
  get otlp(): string {
    return `${this.address}${OTLP}`;
  }

  /** The URL for OTLP over gRPC. */
  get otlpGrpc(): string {
    return `http://127.0.0.1:${this.grpcPort}`;
  }

  get zipkin(): string {
    return `${this.address}${ZIPKIN}`;
  }

  /** The spans of one trace. */
  trace(id: string): ReceivedSpan[] {
    return this.spans.filter(({ traceId }) => traceId === id);
  }

  async stop(): Promise<void> {
    this.grpc.forceShutdown();
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  private get address(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  private async listen(): Promise<void> {
    this.http.on('request', (request, response) => {
      const answer = (status: number, type: string) => response.writeHead(status, { 'content-type': type });
      this.take(request).then(
        // An empty message is an empty body in protobuf, and two braces in JSON.
        (type) =>
          type === PROTOBUF
            ? answer(200, type).end()
            : answer(request.url === ZIPKIN ? 202 : 200, 'application/json').end('{}'),
        () => answer(400, 'application/json').end('{}'),
      );
    });
    this.http.listen(0, '127.0.0.1');
    await once(this.http, 'listening');
    this.grpc.addService(otlpService, {
      Export: (call: { request: Parameters<typeof withHexadecimalIds>[0] }, reply: Reply) => {
        this.encodings.add('grpc');
        this.spans.push(...spansOfOtlp(withHexadecimalIds(call.request)));
        reply(null, {});
      },
    });
    this.grpcPort = await new Promise((resolve, reject) =>
      this.grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  }

  /** @returns the content type */
  private async take(request: IncomingMessage): Promise<string> {
    const type = request.headers['content-type']?.split(';', 1)[0] ?? '';
    const bytes = await buffer(request);
    const read = () => JSON.parse(bytes.toString()) as unknown;
    if (request.url === ZIPKIN) this.spans.push(...(read() as ZipkinSpan[]).map(fromZipkin));
    if (request.url === OTLP)
      this.spans.push(...spansOfOtlp(type === PROTOBUF ? fromProtobuf(bytes) : (read() as OtlpBody)));
    this.encodings.add(type);
    return type;
  }
}

const PROTOBUF = 'application/x-protobuf';

type Reply = (error: null, response: object) => void;

function fromZipkin(span: ZipkinSpan): ReceivedSpan {
  return {
    service: span.localEndpoint.serviceName,
    traceId: span.traceId,
    id: span.id,
    parentId: span.parentId,
    name: span.name,
    kind: span.kind?.toLowerCase() ?? 'internal',
    duration: span.duration / 1e3,
    tags: span.tags ?? {},
    links: [],
  };
}
