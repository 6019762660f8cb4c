/** An output for lines. Its errors have a `code`: `EAGAIN`, `ENOSPC`, `EPIPE`. */
export interface LineSink {
  /** Shown in messages: `stdout`, the path of a file. */
  readonly name: string;
  /** Prepares for a write: opens the output if it is not open. */
  prepare?(): Promise<void>;
  /** Writes from the front of `bytes`; resolves with the number of bytes written, which may be fewer. */
  write(bytes: Buffer): Promise<number>;
  /** The same synchronously, before the process ends. @throws when nothing can be written now */
  writeSync(bytes: Buffer): number;
}
