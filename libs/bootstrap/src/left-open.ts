import { setTimeout as delay } from 'node:timers/promises';

/** Node.js's names of resources that the process itself owns: standard streams and files. */
const OWN = new Set(['TTYWrap', 'PipeWrap', 'FSReqCallback', 'FSReqPromise']);
const POLL_MS = 5;

/** Resources that would keep a stopped process alive, by Node.js's name: `{ TCPSocketWrap: 2, Timeout: 1 }`. */
export type OpenResources = Readonly<Record<string, number>>;

/**
 * Waits until no connection, listener or timer is open, and returns those that are still open after `withinMs`. They
 * have no owner that closes them. Empty when all are closed.
 *
 * @see https://nodejs.org/api/process.html#processgetactiveresourcesinfo
 */
export async function leftOpen(withinMs: number): Promise<OpenResources> {
  const end = performance.now() + withinMs;
  for (;;) {
    const open = openResources();
    if (Object.keys(open).length === 0 || performance.now() >= end) return open;
    await delay(POLL_MS);
  }
}

function openResources(): OpenResources {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    if (!OWN.has(name)) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
