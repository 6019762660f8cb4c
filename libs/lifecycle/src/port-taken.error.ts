import { setTimeout as delay } from 'node:timers/promises';
import { AppError, Status } from '@app/errors';
import { type ListenPlace, misconfiguredPlace } from './listen.errors.js';

const ATTEMPTS = 5;
const PAUSE_MS = 200;

/** Another process listens on a port that the app needs. */
export class PortTakenError extends AppError {
  static of(transport: string, port: number, cause: unknown): PortTakenError {
    const ephemeral =
      port >= 32768
        ? ' The port lies in the range of outgoing connections; one may hold it for a moment.'
        : '';
    return new PortTakenError({
      reason: 'PORT_TAKEN',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message: `The ${transport} port ${port} is taken by another process. Stop that process, or set another port in the configuration.${ephemeral}`,
      cause,
    });
  }
}

/**
 * Listens. If the port is in use, it retries for one second and then throws an error that explains the problem.
 *
 * @throws PortTakenError when another process has the port
 * @throws ConfigInvalidError when the host is not an address of this machine, or the user may not open the port
 */
export async function listenOrExplain(
  transport: string,
  place: ListenPlace,
  listen: () => Promise<unknown>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await listen();
      return;
    } catch (error) {
      if (!String(error).includes('EADDRINUSE')) throw misconfiguredPlace(error, place) ?? error;
      if (attempt === ATTEMPTS) throw PortTakenError.of(transport, place.port, error);
      await delay(PAUSE_MS);
    }
  }
}
