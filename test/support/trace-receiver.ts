import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as a receiver of traces gets it, whatever the format. */
export interface ReceivedSpan {
  /** The app that made it. */
  service: string;
  traceId: string;
  id: string;
  parentId: string | undefined;
  name: string;
  kind: string;
  /** Milliseconds. */
  duration: number;
  tags: Record<string, unknown>;
  /** The spans of other traces that it belongs to. */
  links: { traceId: string; id: string }[];
}

/** An OTLP collector and a Zipkin server in one, that remember what they are sent. */
export class TraceReceiver {
  readonly spans: ReceivedSpan[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TraceReceiver> {
    const server = createServer();
    const receiver = new TraceReceiver(server);
    server.on('request', (request, response) => {
      const answer = (status: number) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      const decode = DECODERS[request.url ?? ''] ?? (() => []);
      json(request)
        .then((body) => receiver.spans.push(...decode(body)))
        .then(
          () => answer(request.url === ZIPKIN ? 202 : 200),
          () => answer(400),
        );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get otlp(): string {
    return `${this.address}${OTLP}`;
  }

  get zipkin(): string {
    return `${this.address}${ZIPKIN}`;
  }

  /** The spans of one trace. */
  trace(id: string): ReceivedSpan[] {
    return this.spans.filter(({ traceId }) => traceId === id);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

const OTLP = '/v1/traces';
const ZIPKIN = '/api/v2/spans';
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
interface OtlpBody {
  resourceSpans: { resource: { attributes: OtlpAttribute[] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
}

interface OtlpAttribute {
  key: string;
  value: Record<string, unknown>;
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: OtlpAttribute[];
  links?: { traceId: string; spanId: string }[];
}

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

const DECODERS: Record<string, (body: unknown) => ReceivedSpan[]> = {
  [OTLP]: (body) =>
    (body as OtlpBody).resourceSpans.flatMap(({ resource, scopeSpans }) => {
      const service = String(tagsOf(resource.attributes)['service.name']);
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => fromOtlp(service, span)));
    }),
  [ZIPKIN]: (body) => (body as ZipkinSpan[]).map(fromZipkin),
};

function fromOtlp(service: string, span: OtlpSpan): ReceivedSpan {
  const nanoseconds = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
  return {
    service,
    traceId: span.traceId,
    id: span.spanId,
    parentId: span.parentSpanId || undefined,
    name: span.name,
    kind: KINDS[span.kind] ?? String(span.kind),
    duration: Number(nanoseconds) / 1e6,
    tags: tagsOf(span.attributes ?? []),
    links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, id: spanId })),
  };
}

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

function tagsOf(attributes: readonly OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
