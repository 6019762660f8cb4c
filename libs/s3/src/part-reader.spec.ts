import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { PartBuffers } from './part-buffers.js';
import { PartReader } from './part-reader.js';
import { FileTooLargeError } from './s3.errors.js';

const PART = 4;

function given(
  content: Readable,
  { size = PART, maxSize = 1000, silence = 60_000, signal = new AbortController().signal } = {},
) {
  const buffers = new PartBuffers({ size, count: 2, wait: 60_000 });
  return {
    buffers,
    reader: new PartReader(content, { buffers: [buffers], partSize: size, maxSize, silence, signal }),
  };
}

function chunks(...texts: string[]): Readable {
  return Readable.from(texts.map((text) => Buffer.from(text)));
}

async function collect(reader: PartReader): Promise<{ number: number; text: string; last: boolean }[]> {
  const parts = [];
  for await (const part of reader) {
    parts.push({ number: part.number, text: part.bytes.toString(), last: part.last });
    part.release();
  }
  return parts;
}

describe('a part reader', () => {
  it.each([
    { what: 'nothing', content: [], parts: [''] },
    { what: 'less than a part', content: ['ab'], parts: ['ab'] },
    { what: 'exactly one part', content: ['ab', 'cd'], parts: ['abcd'] },
    { what: 'one byte more', content: ['abcd', 'e'], parts: ['abcd', 'e'] },
    { what: 'a chunk over several parts', content: ['a', 'bcdefghij'], parts: ['abcd', 'efgh', 'ij'] },
    { what: 'a multiple of a part', content: ['abcdefgh'], parts: ['abcd', 'efgh'] },
  ])('splits $what into parts of equal size and marks the last one', async ({ content, parts }) => {
    const { reader, buffers } = given(chunks(...content));
    const expected = parts.map((text, index) => ({
      number: index + 1,
      text,
      last: index === parts.length - 1,
    }));
    expect(await collect(reader)).toEqual(expected);
    expect(reader.size).toBe(content.join('').length);
    expect(reader.sha256()).toBe(createHash('sha256').update(content.join('')).digest('hex'));
    expect(buffers.inUse).toBe(0);
  });

  it('reads nothing beyond the part that it fills', async () => {
    let produced = 0;
    async function* endless() {
      for (;;) {
        produced += 1;
        yield Buffer.from('abcd');
      }
    }
    const { reader } = given(Readable.from(endless()));
    const parts = reader[Symbol.asyncIterator]();
    await parts.next();
    // One extra chunk showed that the first part is not the last. The rest is what the stream itself buffers.
    const { value } = await parts.next();
    expect(value?.number).toBe(2);
    const stopped = new Promise((resolve) => setImmediate(resolve));
    await stopped;
    const before = produced;
    await new Promise((resolve) => setImmediate(resolve));
    expect(produced).toBe(before);
  });

  it('stops at the first byte beyond the limit and releases its buffer', async () => {
    const { reader, buffers } = given(chunks('abc', 'def'), { maxSize: 5 });
    await expect(collect(reader)).rejects.toMatchObject({
      reason: 'FILE_TOO_LARGE',
      details: { max_size: 5 },
    });
    expect(buffers.inUse).toBe(0);
  });

  it('accepts content of exactly the maximum size', async () => {
    expect(await collect(given(chunks('abc', 'de'), { maxSize: 5 }).reader)).toHaveLength(2);
  });

  it('fails for a stream that broke off', async () => {
    async function* broken() {
      yield Buffer.from('ab');
      throw new Error('connection reset');
    }
    const { reader, buffers } = given(Readable.from(broken()));
    await expect(collect(reader)).rejects.toMatchObject({ reason: 'MALFORMED_BODY' });
    expect(buffers.inUse).toBe(0);
  });

  it('ends a silent stream and releases its buffer', async () => {
    const silent = new Readable({ read: () => undefined });
    silent.push('ab');
    const { reader, buffers } = given(silent, { silence: 20 });
    await expect(collect(reader)).rejects.toMatchObject({ reason: 'REQUEST_TIMEOUT' });
    expect([silent.destroyed, buffers.inUse]).toEqual([true, 0]);
  });

  it('ends a stream that sends nothing when the signal is aborted', async () => {
    const caller = new AbortController();
    const silent = new Readable({ read: () => undefined });
    const { reader } = given(silent, { signal: caller.signal });
    const reading = collect(reader);
    caller.abort();
    await expect(reading).rejects.toThrow('broke off');
    expect(silent.destroyed).toBe(true);
  });

  it('takes no shared buffer for less than 64 KiB', async () => {
    const silent = new Readable({ read: () => undefined });
    const { reader, buffers } = given(silent, { size: 1 << 20, maxSize: 1 << 22 });
    const reading = collect(reader);
    silent.push('x'.repeat(65_536));
    await eventually(() => expect([reader.size, buffers.inUse]).toEqual([65_536, 0]));
    silent.push('x');
    await eventually(() => expect([reader.size, buffers.inUse]).toEqual([65_537, 1]));
    silent.push('x'.repeat(1 << 20));
    silent.push(null);
    const parts = await reading;
    expect(parts.map(({ text, last }) => [text.length, last])).toEqual([
      [1 << 20, false],
      [65_537, true],
    ]);
    expect(buffers.inUse).toBe(0);
  });

  describe('with buffers of two sizes', () => {
    const LARGE = 1 << 20;
    const SMALL = 1 << 18;
    const poolOf = (size: number, count: number) => new PartBuffers({ size, count, wait: 60_000 });

    function upload(buffers: readonly PartBuffers[]) {
      const content = new Readable({ read: () => undefined });
      const { signal } = new AbortController();
      const options = { buffers, partSize: LARGE, maxSize: 1 << 24, silence: 60_000, signal };
      const reader = new PartReader(content, options);
      return { content, reader, reading: collect(reader) };
    }

    it('moves a part to the next size and releases the old buffer', async () => {
      const [small, large] = [poolOf(SMALL, 1), poolOf(LARGE, 1)];
      const { content, reading } = upload([small, large]);
      content.push(Buffer.alloc(SMALL));
      await eventually(() => expect([small.inUse, large.inUse]).toEqual([1, 0]));
      content.push('x');
      await eventually(() => expect([small.inUse, large.inUse]).toEqual([0, 1]));
      content.push(Buffer.alloc(LARGE));
      content.push(null);
      expect((await reading).map(({ text }) => text.length)).toEqual([LARGE, SMALL + 1]);
      expect([small.inUse, large.inUse]).toEqual([0, 0]);
    });

    it('serves a small file while clients that do not send hold all large buffers and wait for more', async () => {
      const [small, large] = [poolOf(SMALL, 3), poolOf(LARGE, 1)];
      const held = [1, 2].map(() => upload([small, large]));
      for (const { content } of held) content.push(Buffer.alloc(LARGE - 100));
      await eventually(() => expect([small.inUse, large.inUse]).toEqual([1, 1]));
      const { content, reading } = upload([small, large]);
      content.push(Buffer.alloc(200_000));
      content.push(null);
      expect((await reading).map(({ text }) => text.length)).toEqual([200_000]);
      for (const { content: slow } of held) slow.destroy();
      await Promise.allSettled(held.map(({ reading: slow }) => slow));
    });
  });

  it('passes on the error with which other code has ended the content', async () => {
    const silent = new Readable({ read: () => undefined });
    const reading = collect(given(silent).reader);
    silent.destroy(FileTooLargeError.beyond(1));
    await expect(reading).rejects.toHaveReason('FILE_TOO_LARGE');
  });
});
