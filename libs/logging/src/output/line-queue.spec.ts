import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { LineQueue } from './line-queue.js';
import type { LineSink } from './line-sink.js';

/** An output that can fail with an error code of the operating system. */
class Tap implements LineSink {
  readonly name = 'tap';
  text = '';
  code: string | undefined;
  /** The largest write that it accepts, in bytes. */
  gulp = Infinity;
  attempts = 0;

  async write(bytes: Buffer): Promise<number> {
    return this.writeSync(bytes);
  }

  writeSync(bytes: Buffer): number {
    this.attempts += 1;
    if (this.code !== undefined) throw Object.assign(new Error(this.code), { code: this.code });
    const part = bytes.subarray(0, this.gulp);
    this.text += part.toString('latin1');
    return part.length;
  }

  get lines(): string[] {
    return Buffer.from(this.text, 'latin1').toString().split('\n').slice(0, -1);
  }
}

describe('the lines between the logger and an output', () => {
  const limit = 100_000;
  let tap: Tap;
  let queue: LineQueue;
  let said: string[];

  beforeEach(() => {
    tap = new Tap();
    said = [];
    queue = new LineQueue(tap, {
      limit,
      observer: {
        troubled: (sink, code) => said.push(`${sink} ${code}`),
        recovered: (sink, dropped) => said.push(`${sink} recovered, ${dropped} dropped`),
      },
    });
  });

  afterEach(() => void jest.restoreAllMocks());

  const write = (count: number, from = 0) => {
    for (let line = from; line < from + count; line++) queue.write(`line ${line} äöü\n`);
  };
  const written = (count: number) => Array.from({ length: count }, (_, line) => `line ${line} äöü`);

  it('arrive complete and in order, many at once', async () => {
    write(10_000 / 2);
    await eventually(() => expect(tap.lines).toEqual(written(5000)));
    expect(tap.attempts).toBeLessThan(20);
  });

  it('arrive complete when the output accepts only a few bytes at a time and splits characters', async () => {
    tap.gulp = 7;
    write(100);
    await eventually(() => expect(tap.lines).toEqual(written(100)));
  });

  it.each(['ENOSPC', 'EPIPE', 'EIO'])(
    'wait while the output fails with %s, and none is lost or cut',
    async (code) => {
      tap.code = code;
      write(100);
      await eventually(() => expect(said).toEqual([`tap ${code}`]));
      write(100, 100);
      tap.code = undefined;
      await eventually(() => expect(tap.lines).toEqual(written(200)));
      expect(said).toEqual([`tap ${code}`, 'tap recovered, 0 dropped']);
    },
  );

  it('are dropped and counted when the buffer is full, and reported afterwards', async () => {
    tap.code = 'ENOSPC';
    write(20_000);
    await eventually(() => expect(said).toHaveLength(1));
    const { dropped } = queue;
    expect(dropped).toBeGreaterThan(10_000);
    tap.code = undefined;
    await eventually(() => expect(said.at(-1)).toBe(`tap recovered, ${dropped} dropped`));
    await eventually(() => expect(tap.lines).toEqual(written(20_000 - dropped)));
    write(1, 20_000);
    await eventually(() => expect(tap.lines.at(-1)).toBe('line 20000 äöü'));
  });

  it('are dropped last when they are urgent', async () => {
    tap.code = 'ENOSPC';
    write(20_000);
    const { dropped } = queue;
    for (let line = 0; line < 100; line++) queue.write(`urgent ${line}\n`, true);
    expect(queue.dropped).toBe(dropped);
    write(1);
    expect(queue.dropped).toBe(dropped + 1);
    tap.code = undefined;
    await eventually(() => expect(tap.lines.filter((line) => line.startsWith('urgent'))).toHaveLength(100));
  });

  it('do not exceed the limit when all of them are urgent', async () => {
    for (let line = 0; line < 20_000; line++) queue.write(`urgent ${line}\n`, true);
    expect(queue.dropped).toBeGreaterThan(10_000);
    await eventually(() => expect(said).toHaveLength(1));
  });

  it('do not report a reader that is slow for a moment', async () => {
    tap.code = 'EAGAIN';
    write(10);
    await eventually(() => expect(tap.attempts).toBeGreaterThan(2));
    tap.code = undefined;
    await eventually(() => expect(tap.lines).toEqual(written(10)));
    expect(said).toEqual([]);
  });

  it('report a failed output when nobody reads for longer', async () => {
    tap.code = 'EAGAIN';
    write(1);
    await eventually(() => expect(said).toEqual(['tap EAGAIN']));
  });

  describe('at the end of the process', () => {
    it('are written at once', () => {
      write(1000);
      expect(queue.flushSync()).toBe(0);
      expect(tap.lines).toEqual(written(1000));
    });

    it('follow a write that has already begun', async () => {
      tap.gulp = 7;
      tap.code = 'ENOSPC';
      write(10);
      await eventually(() => expect(said).toHaveLength(1));
      tap.code = undefined;
      write(10, 10);
      expect(queue.flushSync()).toBe(0);
      expect(tap.lines).toEqual(written(20));
    });

    it('are abandoned without waiting when the disk is full', () => {
      tap.code = 'ENOSPC';
      write(10);
      const waits = jest.spyOn(Atomics, 'wait');
      expect(queue.flushSync()).toBe(10);
      expect(waits).not.toHaveBeenCalled();
    });

    it('are abandoned when the disk hangs, so that this thread does not hang', async () => {
      let hangs = false;
      tap.write = () => {
        hangs = true;
        return new Promise(() => undefined);
      };
      write(10);
      await eventually(() => expect(hangs).toBe(true));
      await eventually(() => {
        write(1, 10);
        const { attempts } = tap;
        expect(queue.flushSync()).toBeGreaterThan(0);
        expect(tap.attempts).toBe(attempts);
      });
    });

    it('are abandoned after a second when nobody reads', () => {
      tap.code = 'EAGAIN';
      write(10);
      let now = performance.now();
      const started = now;
      jest.spyOn(performance, 'now').mockImplementation(() => now);
      jest.spyOn(Atomics, 'wait').mockImplementation((_array, _index, _value, ms = 0) => {
        now += ms;
        return 'timed-out';
      });
      expect(queue.flushSync()).toBe(10);
      expect(now - started).toBeGreaterThanOrEqual(1_000);
      expect(now - started).toBeLessThan(1_100);
    });
  });
});
