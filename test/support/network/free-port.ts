import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports of outgoing connections (from 32768 on Linux), and separate from the ports of the stacks. */
const FIRST = 20_000;
const LAST = 24_999;

/** The ports are divided among this many Jest workers, so that two workers never choose the same one. */
const SHARES = 8;
const own = Number(process.env['JEST_WORKER_ID'] ?? 0) % SHARES;
const size = Math.floor((LAST - FIRST) / SHARES);

/** Ports that were returned before. They may not be in use yet, but soon will be. */
const handedOut = new Set<number>();

/** Returns a free port, a different one each time. */
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
