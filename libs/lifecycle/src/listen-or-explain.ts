import { setTimeout as delay } from 'node:timers/promises';
import { type ListenAddress, toConfigError } from './to-config-error.js';
import { PortTakenError } from './port-taken.error.js';

const ATTEMPTS = 5;
const PAUSE_MS = 200;

/**
 * Calls `listen` until it succeeds. While the port is in use, it tries five times within a second, then throws an error
 * that explains the problem.
 *
 * @param transport the name of the transport in the error, for example `gRPC`
 * @throws PortTakenError when another process has the port
 * @throws ConfigInvalidError when the host is not an address of this machine, or the user may not open the port
 */
export async function listenOrExplain(
  transport: string,
  address: ListenAddress,
  listen: () => Promise<unknown>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await listen();
      return;
    } catch (error) {
      if (!String(error).includes('EADDRINUSE')) throw toConfigError(error, address) ?? error;
      if (attempt === ATTEMPTS) throw PortTakenError.of(transport, address.port, error);
      await delay(PAUSE_MS);
    }
  }
}
