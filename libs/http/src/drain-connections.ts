import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

/** How long open connections may still send a request and receive `Connection: close`, in milliseconds. */
const LINGER_MS = 300;
const POLL_INTERVAL_MS = 10;
const CALM_MS = 0.5;
const CALM_WITHIN_TURNS = 100;

/**
 * Closes the listener, and gives open connections a moment to send a request and receive `Connection: close`.
 * `http.Server.close` would cut idle connections at once, even when a request is already on its way: its client would
 * see a reset instead of a response.
 *
 * The kernel resets a connection that it has queued and this process has not accepted when the listener closes. No
 * server can prevent that. The listener closes right after an event-loop turn that accepted everything, so there is
 * rarely such a connection. Clients that follow readiness have none by now.
 */
export async function drainConnections(server: Server): Promise<void> {
  await quietTurn();
  NetServer.prototype.close.call(server);
  const end = performance.now() + LINGER_MS;
  while (performance.now() < end && (await connectionsOf(server)) > 0) await delay(POLL_INTERVAL_MS);
}

/** Resolves after an event-loop turn that only accepted connections. */
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
