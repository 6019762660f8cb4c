import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range of outgoing connections (32768 on Linux), apart from every port that the stacks have. */
const FIRST = 20_000;
const LAST = 24_999;

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
