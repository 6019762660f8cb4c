import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A complete reply. */
export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  /** @throws SyntaxError when the body is not JSON */
  json<T = Record<string, unknown>>(): T;
}

export interface HttpOptions {
  headers?: Record<string, string>;
  /** Text, bytes and streams are sent unchanged; anything else is sent as JSON with its content type. */
  body?: unknown;
  /** @default a new connection for each request */
  agent?: Agent;
  signal?: AbortSignal;
}

const ONCE = new Agent({ keepAlive: false });

/** Sends paths and headers unchanged, even malformed ones, and never throws for a status. */
export class HttpClient {
  readonly base: URL;

  constructor(base: string) {
    this.base = new URL(base);
  }

  get port(): number {
    return Number(this.base.port);
  }

  get(path: string, options: HttpOptions = {}): Promise<HttpReply> {
    return this.request('GET', path, options);
  }

  delete(path: string, options: HttpOptions = {}): Promise<HttpReply> {
    return this.request('DELETE', path, options);
  }

  post(path: string, body: unknown, options: HttpOptions = {}): Promise<HttpReply> {
    return this.request('POST', path, { ...options, body });
  }

  async request(
    method: string,
    path: string,
    { headers = {}, body, agent = ONCE, signal }: HttpOptions = {},
  ): Promise<HttpReply> {
    const { payload, type } = encode(body);
    const { hostname, port } = this.base;
    const outgoing = request({
      method,
      path,
      hostname,
      port,
      agent,
      signal,
      headers: { ...type, ...lengthOf(payload), ...headers },
    });
    const reply = new Promise<HttpReply>((resolve, reject) => {
      outgoing.once('error', (error) => reject(Object.assign(error, { reused: outgoing.reusedSocket })));
      outgoing.once('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () =>
          resolve(replyOf(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks))),
        );
      });
    });
    if (payload instanceof Readable) {
      // A server may answer and close before it has read everything. The reply counts; the broken pipe is ignored.
      await pipeline(payload, outgoing).catch(() => undefined);
    } else outgoing.end(payload);
    return reply;
  }
}

function encode(body: unknown): {
  payload: string | Buffer | Readable | undefined;
  type: Record<string, string>;
} {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body) || body instanceof Readable) {
    return { payload: body, type: {} };
  }
  return { payload: JSON.stringify(body), type: { 'content-type': 'application/json' } };
}

function lengthOf(payload: string | Buffer | Readable | undefined): Record<string, string> {
  return payload === undefined || payload instanceof Readable
    ? {}
    : { 'content-length': String(Buffer.byteLength(payload)) };
}

function replyOf(status: number, headers: IncomingHttpHeaders, bytes: Buffer): HttpReply {
  const text = bytes.toString();
  return { status, headers, bytes, text, json: <T>() => JSON.parse(text) as T };
}
