/** What lines are written to. Errors carry their `code`: `EAGAIN`, `ENOSPC`, `EPIPE`. */
export interface LineSink {
  /** For a person: `stdout`, the path of a file. */
  readonly name: string;
  /** Makes ready for a write: opens what is not open. */
  prepare?(): Promise<void>;
  /** Writes from the front of `bytes`; resolves with how many, which may be fewer. */
  write(bytes: Buffer): Promise<number>;
  /** The same at once, before the process ends. @throws when nothing can be written now */
  writeSync(bytes: Buffer): number;
}
