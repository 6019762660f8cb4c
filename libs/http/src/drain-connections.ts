import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

/** How long connections that stand may take to be told; milliseconds. */
const LINGER_MS = 300;
const LOOK_EVERY_MS = 10;
const CALM_MS = 0.5;
const CALM_WITHIN_TURNS = 100;

/**
 * Listens no more, and gives those who are connected already a moment to ask and to be told to go elsewhere.
 * `http.Server.close` would cut the connections that are idle at this instant, also one on which a request is under
 * way: its client would see a reset instead of an answer.
 *
 * A connection that the kernel has queued and this process has not accepted is reset when the listener closes; no
 * server can help that. It closes right after a turn of the event loop in which everything was accepted, so that
 * there is hardly one. Whoever follows readiness has no such connection by now.
 */
export async function drainConnections(server: Server): Promise<void> {
  await quietTurn();
  NetServer.prototype.close.call(server);
  const end = performance.now() + LINGER_MS;
  while (performance.now() < end && (await connectionsOf(server)) > 0) await delay(LOOK_EVERY_MS);
}

/** Resolves after a turn that had nothing to do but to accept connections. */
async function quietTurn(): Promise<void> {
  for (let turn = 0; turn < CALM_WITHIN_TURNS; turn++) {
    const started = performance.now();
    await nextTurn();
    if (performance.now() - started < CALM_MS) return;
  }
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
