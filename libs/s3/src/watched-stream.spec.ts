import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { watchedStream } from './watched-stream.js';

const translate = (cause: unknown) => new Error('translated', { cause });
const silent = () => new Readable({ read: () => undefined });

describe('a watched stream', () => {
  it('passes every byte on', async () => {
    const source = Readable.from([Buffer.from('ab'), Buffer.from('cd')]);
    const chunks = await watchedStream(source, { silence: 1000, signal: undefined, translate }).toArray();
    expect(Buffer.concat(chunks as Buffer[]).toString()).toBe('abcd');
  });

  it('fails when its source is silent while the reader waits', async () => {
    await expect(
      watchedStream(silent(), { silence: 20, signal: undefined, translate }).toArray(),
    ).rejects.toThrow('translated');
  });

  it('ends when the signal is aborted', async () => {
    const caller = new AbortController();
    const source = silent();
    const reading = watchedStream(source, { silence: 60_000, signal: caller.signal, translate }).toArray();
    caller.abort();
    await expect(reading).rejects.toThrow('translated');
    expect(source.destroyed).toBe(true);
  });

  it('lets the event loop turn between the chunks of a source that has many', async () => {
    const source = Readable.from(Array.from({ length: 50 }, () => Buffer.from('a')));
    const stream = watchedStream(source, { silence: 1000, signal: undefined, translate }).resume();
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (!stream.readableEnded) setImmediate(count);
    };
    setImmediate(count);
    await once(stream, 'close');
    expect(turns).toBeGreaterThanOrEqual(50);
  });

  it('passes its first bytes on without waiting for streams that have already passed theirs', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    async function* endless() {
      for (;;) {
        await Promise.resolve();
        yield chunk;
      }
    }
    const options = { silence: 60_000, signal: undefined, translate };
    let passed = 0;
    const many = Array.from({ length: 40 }, () => watchedStream(Readable.from(endless()), options));
    for (const stream of many) stream.on('data', ({ length }: Buffer) => (passed += length));
    const hasBegun = () => passed > 45 * 1024 ** 2;
    while (!hasBegun()) await new Promise((resolve) => setImmediate(resolve));
    const before = passed;
    await watchedStream(Readable.from(Array.from({ length: 8 }, () => chunk)), options).toArray();
    // Behind the others, each of its chunks would wait for one chunk of each of them.
    expect(passed - before).toBeLessThan(4 * many.length * chunk.length);
    for (const stream of many) stream.destroy();
  });

  it('reports whose turn it is: the reader has a chunk, or the source has to send one', async () => {
    const turns: string[] = [];
    const onTurn = (turn: string): number => turns.push(turn);
    const source = Readable.from([Buffer.from('ab'), Buffer.from('cd')]);
    await watchedStream(source, { silence: 1000, signal: undefined, translate, onTurn }).toArray();
    expect(turns).toEqual(['reader', 'source', 'reader', 'source']);
  });

  it('destroys its source as soon as the reader is gone', async () => {
    const source = silent();
    const stream = watchedStream(source, { silence: 60_000, signal: undefined, translate });
    stream.resume();
    stream.destroy();
    await once(source, 'close');
    expect(source.destroyed).toBe(true);
  });
});
