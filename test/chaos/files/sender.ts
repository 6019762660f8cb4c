import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { eventually } from '../../support/assertions/eventually.js';
import { formOf, generatedFile } from '../../support/assertions/generated-file.js';
import type { HttpClient, HttpReply } from '../../support/network/http-client.js';

/** Sends an upload of `size` bytes, and disconnects after `after` bytes. */
export async function goneAfter(base: URL, size: number, after: number): Promise<void> {
  const { body, headers } = formOf(generatedFile(size));
  const { hostname, port } = base;
  const sender = request({ method: 'POST', path: '/api/v1/upload', hostname, port, headers });
  sender.on('error', () => undefined);
  await pipeline(Readable.from(first(body, after)), sender, { end: false });
  await eventually(() => {
    const waiting = sender.socket?.writableLength ?? 1;
    if (waiting > 0) throw new Error(`${waiting} bytes are not on their way yet`);
  });
  sender.destroy();
}

export interface HeldUpload {
  readonly reply: Promise<HttpReply>;
  /** Sends the rest. */
  readonly goOn: () => void;
}

/** An upload that stops in the middle until `goOn`. */
export function heldUpload(http: HttpClient, size: number): HeldUpload {
  const { body, headers } = formOf(generatedFile(size));
  const { promise, resolve: goOn } = Promise.withResolvers<void>();
  async function* held(): AsyncGenerator<Buffer, void> {
    let sent = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (sent < size / 2 && sent + chunk.length >= size / 2) await promise;
      sent += chunk.length;
      yield chunk;
    }
  }
  const content = Readable.from(held(), { objectMode: false });
  return { reply: http.post('/api/v1/upload', content, { headers }), goOn };
}

async function* first(content: Readable, bytes: number): AsyncGenerator<Buffer, void> {
  let left = bytes;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}
