import { addAbortSignal, Readable } from 'node:stream';

/** @internal */
export interface WatchOptions {
  /** How long the source may be silent while somebody waits for it, in milliseconds. */
  silence: number;
  /** Ends the stream early. */
  signal: AbortSignal | undefined;
  /** What the reader gets instead of what the source failed with. */
  translate: (error: unknown) => Error;
}

/**
 * The bytes of `source` as they come, failing when it falls silent. A slow reader is no silence: the clock
 * runs only while a read is waiting. Destroying the stream destroys the source.
 */
export function watchedStream(source: Readable, options: WatchOptions): Readable {
  if (options.signal) addAbortSignal(options.signal, source);
  const stream = Readable.from(read(source, options), { objectMode: false });
  // The generator may be waiting for the source at that moment and would not hear of it.
  return stream.once('close', () => source.destroy());
}

async function* read(
  source: Readable,
  { silence, translate }: WatchOptions,
): AsyncGenerator<Uint8Array, void> {
  let waiting = true;
  const onSilence = (): void => {
    if (waiting) source.destroy(new Error(`nothing came for ${silence} ms`));
  };
  const clock = setTimeout(onSilence, silence);
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      waiting = false;
      yield chunk;
      waiting = true;
      clock.refresh();
    }
  } catch (error) {
    throw translate(error);
  } finally {
    clearTimeout(clock);
  }
}
