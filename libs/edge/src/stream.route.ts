import { Readable } from 'node:stream';
import type { HttpErrorFilter } from '@app/http';
import { InterceptorsConsumer } from '@nestjs/core/internal';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isObservable, type Observable, of } from 'rxjs';
import { endIncomplete } from './end-incomplete.js';
import { parseExactly } from './exact.json.js';
import { ObservedStream } from './observed.stream.js';
import { replyFormat } from './reply.format.js';
import { fail, type RouteParts } from './route.parts.js';
import { formatFor, type StreamFormat } from './stream.format.js';

/** How many bytes are read from the call ahead of the socket. */
const READ_AHEAD = 16 * 1024;

/**
 * Answers the requests of one route with a stream of messages. The call is read no faster than the client reads, and
 * ends when the client has left.
 */
export class StreamRoute {
  private readonly consumer = new InterceptorsConsumer();

  constructor(
    private readonly parts: RouteParts,
    private readonly errors: HttpErrorFilter,
  ) {}

  readonly handle = (request: FastifyRequest, reply: FastifyReply): void => {
    this.answer(request, reply).catch((error: unknown) => fail(reply, error));
  };

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { variables, gate, reader, method } = this.parts;
    variables?.assignTo(request);
    const message = reader.read(request, await gate.admit(request, reply));
    const format = formatFor(request);
    void reply.code(method.endpoint.status);
    // A HEAD has the headers of the GET without its work. Without a stream, Fastify would add a Content-Length of 0.
    if (request.method === 'HEAD') return void reply.headers(headersOf(format)).send(Readable.from([]));
    const messages = (await this.messagesOf(request, reply, message))[Symbol.asyncIterator]();
    reply.raw.once('close', () => end(messages));
    // Until the first message has come, an error still has a status.
    const first = await messages.next();
    const frames = this.frames(request, reply, { first, messages, format });
    const body = Readable.from(frames, { objectMode: false, highWaterMark: READ_AHEAD });
    void reply.headers(headersOf(format)).send(body);
  }

  private async *frames(
    request: FastifyRequest,
    reply: FastifyReply,
    { first, messages, format }: OpenStream,
  ): AsyncGenerator<string> {
    try {
      for (let next = first; !next.done; next = await messages.next()) yield format.message(next.value);
    } catch (error) {
      endIncomplete(request, reply);
      yield format.error(JSON.stringify(this.errors.bodyOf(error, request)));
    }
  }

  /** The JSON of each message, as the interceptors have left it. */
  private async messagesOf(
    request: FastifyRequest,
    reply: FastifyReply,
    message: unknown,
  ): Promise<AsyncIterable<string>> {
    const { method, route, interceptors, target } = this.parts;
    const write = (response: unknown) => route.write(response, replyFormat);
    const texts = each(method.call(message) as AsyncIterable<unknown>, write);
    if (interceptors.length === 0) return texts;
    const stream = new ObservedStream();
    const result: unknown = await this.consumer.intercept(
      interceptors,
      [request, reply],
      target.instance,
      target.callback,
      () => Promise.resolve(stream.observe(each(texts, parseExactly))),
      'http',
    );
    return each(stream.read(observableOf(result)), JSON.stringify);
  }
}

interface OpenStream {
  readonly first: IteratorResult<string, unknown>;
  readonly messages: AsyncIterator<string, unknown>;
  readonly format: StreamFormat;
}

function headersOf({ contentType }: StreamFormat): Record<string, string> {
  // The last one is for nginx, which collects replies unless a reply forbids it.
  return { 'content-type': contentType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
}

/** Ends the call of a stream that nobody reads any more. */
function end(messages: AsyncIterator<string, unknown>): void {
  messages.return?.().catch(() => undefined);
}

async function* each<From, To>(
  source: AsyncIterable<From>,
  convert: (value: From) => To,
): AsyncGenerator<To> {
  for await (const value of source) yield convert(value);
}

function observableOf(result: unknown): Observable<unknown> {
  return isObservable(result) ? result : of(result);
}
