import { addAbortSignal, Readable } from 'node:stream';
import { FairTurns } from '@app/lifecycle';

/** @internal */
export interface SilenceOptions {
  /** How long the source may be silent while the reader waits for it, in milliseconds. */
  silence: number;
  /**
   * Called when the reader has a chunk, and again when it requests the next one.
   *
   * @param passed total of bytes that the reader has
   */
  onTurn?: (turn: 'reader' | 'source', passed: number) => void;
  /** Converts an error of the source to the error that the reader receives. */
  translate: (error: unknown) => Error;
}

/** @internal */
export interface WatchOptions extends SilenceOptions {
  /** Ends the stream early. */
  signal: AbortSignal | undefined;
}

/**
 * The first bytes of each stream that go before the others, so that small files do not wait behind hundreds of
 * large ones.
 */
const PRIORITY_BYTES = 1024 ** 2;
/** Chunks that all streams of the process together pass on in one turn of the event loop; each has at most 64 KiB. */
const PER_TURN = 8;
/** When more streams than this have a chunk, the event loop and the store keep half of their time for other work. */
const PAUSE_ABOVE = 16;

const priorityTurns = new FairTurns(PER_TURN);
const turns = new FairTurns(PER_TURN, { pauseAbove: PAUSE_ABOVE });

/** The source sent nothing for too long. */
export class SilenceError extends Error {
  static after(milliseconds: number): SilenceError {
    return new SilenceError(`nothing came for ${milliseconds} ms`);
  }
}

/** Returns the bytes of `source` as a stream, read by `readWatched`. Destroying the stream destroys the source. */
export function watchedStream(source: Readable, options: WatchOptions): Readable {
  if (options.signal) addAbortSignal(options.signal, source);
  const stream = Readable.from(readWatched(source, options), { objectMode: false });
  // The generator may be waiting for the source at that moment and would not notice the close.
  return stream.once('close', () => source.destroy());
}

/**
 * Yields the bytes of `source`, and fails when the source is silent for too long. A slow reader does not count: the
 * clock runs only while a read is waiting.
 */
export async function* readWatched(
  source: Readable,
  { silence, translate, onTurn }: SilenceOptions,
): AsyncGenerator<Uint8Array, void> {
  let waiting = true;
  let passed = 0;
  const onSilence = (): void => {
    if (waiting) source.destroy(SilenceError.after(silence));
  };
  const clock = setTimeout(onSilence, silence);
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      waiting = false;
      passed += chunk.length;
      onTurn?.('reader', passed);
      yield chunk;
      onTurn?.('source', passed);
      // Without the turn, a source with megabytes in its kernel buffer would occupy the event loop, and so would
      // the next one.
      await (passed < PRIORITY_BYTES ? priorityTurns : turns).next();
      waiting = true;
      clock.refresh();
    }
  } catch (error) {
    throw translate(error);
  } finally {
    clearTimeout(clock);
  }
}
