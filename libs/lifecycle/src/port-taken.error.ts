import { AppError, Status } from '@app/errors';

/** The default of Linux (`net.ipv4.ip_local_port_range`). Outgoing connections use the ports from here on. */
const FIRST_EPHEMERAL_PORT = 32_768;

/** Another process listens on a port that the app needs. */
export class PortTakenError extends AppError {
  static of(transport: string, port: number, cause: unknown): PortTakenError {
    const hint =
      port >= FIRST_EPHEMERAL_PORT
        ? ' The port lies in the range of outgoing connections; one of them may hold it for a moment.'
        : '';
    return new PortTakenError({
      reason: 'PORT_TAKEN',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message: `The ${transport} port ${port} is taken by another process. Stop that process, or set another port in the configuration.${hint}`,
      cause,
    });
  }
}
