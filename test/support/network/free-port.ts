import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range of outgoing connections (32768 on Linux), apart from every port that the stacks have. */
const FIRST = 20_000;
const LAST = 24_999;

/** Every so many ports belong to the same worker of Jest, so that no two choose the same at the same moment. */
const SHARES = 8;
const own = Number(process.env['JEST_WORKER_ID'] ?? 0) % SHARES;
const size = Math.floor((LAST - FIRST) / SHARES);

/** What was handed out is taken soon, though nobody listens yet. */
const handedOut = new Set<number>();

/** A port on which nobody listens, another each time. */
export async function freePort(): Promise<number> {
  for (;;) {
    if (handedOut.size === size) handedOut.clear();
    const port = FIRST + SHARES * Math.floor(Math.random() * size) + own;
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
