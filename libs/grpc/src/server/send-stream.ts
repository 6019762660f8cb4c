import { fromEvent, isObservable, lastValueFrom, map, takeUntil } from 'rxjs';
import { BufferedObservable } from './buffered-observable.js';
import type { ServedCall } from './served-call.js';
import { eachUntilAborted } from '../until-aborted.js';

type Encode = (message: unknown) => Buffer;

/** The one response of a handler: a value, or the last value of an Observable. Unsubscribes when the call has ended. */
export function answerOf(result: unknown, signal: AbortSignal): unknown {
  return isObservable(result) ? lastValueFrom(result.pipe(takeUntil(fromEvent(signal, 'abort')))) : result;
}

/**
 * Sends the stream that a handler returned. An AsyncIterable is read one message at a time. Of an Observable, at most
 * `limit` bytes are buffered for the client. With an interceptor before the handler, Nest passes the AsyncIterable as
 * the single value of an Observable.
 */
export async function sendStream(
  result: unknown,
  call: ServedCall,
  encode: Encode,
  limit: number,
): Promise<void> {
  const send = (message: unknown) => call.send(encode(message));
  if (isAsyncIterable(result)) return eachUntilAborted(result, call.signal, send);
  if (!isObservable(result)) return send(result);
  const packed = result.pipe(map((value) => (isAsyncIterable(value) ? value : encode(value))));
  const sizeOf = (value: Buffer | AsyncIterable<unknown>) => (Buffer.isBuffer(value) ? value.byteLength : 0);
  return eachUntilAborted(new BufferedObservable(packed, sizeOf, limit), call.signal, (value) =>
    Buffer.isBuffer(value) ? call.send(value) : eachUntilAborted(value, call.signal, send),
  );
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof (value as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] === 'function';
}
