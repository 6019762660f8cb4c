import { fstatSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { LineSink } from './line-sink.js';

const STDOUT = 1;
const writeAsync = promisify(write);

/**
 * Standard output. A full pipe fails with EAGAIN instead of blocking the process. A file, which may be on a slow disk,
 * is written by the thread pool.
 */
export function standardOutput(): LineSink {
  return fstatSync(STDOUT).isFile() ? new FileOutput() : new StreamOutput();
}

class FileOutput implements LineSink {
  readonly name = 'stdout';

  async write(bytes: Buffer): Promise<number> {
    const { bytesWritten } = await writeAsync(STDOUT, bytes);
    return bytesWritten;
  }

  writeSync(bytes: Buffer): number {
    return writeSync(STDOUT, bytes);
  }
}

class StreamOutput implements LineSink {
  readonly name = 'stdout';

  constructor() {
    // Node makes a pipe or socket non-blocking when it opens its own stream on it. A blocking write in the thread
    // pool could not be cancelled and would prevent the process from ending.
    void process.stdout;
  }

  async write(bytes: Buffer): Promise<number> {
    return writeSync(STDOUT, bytes);
  }

  writeSync(bytes: Buffer): number {
    return writeSync(STDOUT, bytes);
  }
}
