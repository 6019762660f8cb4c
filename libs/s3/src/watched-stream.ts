import { addAbortSignal, Readable } from 'node:stream';
import { FairTurns } from '@app/lifecycle';

/** @internal */
export interface SilenceOptions {
  /** How long the source may be silent while somebody waits for it, in milliseconds. */
  silence: number;
  /**
   * Called when the reader has a chunk, and again when it asks for the next one.
   *
   * @param passed bytes that the reader has, in sum
   */
  onTurn?: (turn: 'reader' | 'source', passed: number) => void;
  /** What the reader gets instead of what the source failed with. */
  translate: (error: unknown) => Error;
}

/** @internal */
export interface WatchOptions extends SilenceOptions {
  /** Ends the stream early. */
  signal: AbortSignal | undefined;
}

/** What each stream passes on before the others, in bytes: small files do not wait behind hundreds of large ones. */
const YOUNG_BYTES = 1024 ** 2;
/** Chunks that all streams of the process together pass on in one turn of the event loop; each has 64 KiB at most. */
const PER_TURN = 8;
/** When more streams than this have a chunk, the event loop and the store have half of their time for others. */
const CROWD = 16;

const youngTurns = new FairTurns(PER_TURN);
const turns = new FairTurns(PER_TURN, { crowd: CROWD });

/** The source brought nothing for too long. */
export class SilenceError extends Error {
  static after(milliseconds: number): SilenceError {
    return new SilenceError(`nothing came for ${milliseconds} ms`);
  }
}

/** The bytes of `source` as a stream, as `readWatched` reads them. Destroying the stream destroys the source. */
export function watchedStream(source: Readable, options: WatchOptions): Readable {
  if (options.signal) addAbortSignal(options.signal, source);
  const stream = Readable.from(readWatched(source, options), { objectMode: false });
  // The generator may be waiting for the source at that moment and would not hear of it.
  return stream.once('close', () => source.destroy());
}

/**
 * The bytes of `source` as they come, failing when it falls silent. A slow reader is no silence: the clock runs only
 * while a read is waiting.
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
      // Otherwise a source with megabytes in its kernel buffer keeps the event loop for them, and so does the next one.
      await (passed < YOUNG_BYTES ? youngTurns : turns).next();
      waiting = true;
      clock.refresh();
    }
  } catch (error) {
    throw translate(error);
  } finally {
    clearTimeout(clock);
  }
}
