import { UpstreamUnavailableError } from '@app/errors';
import {
  type Client,
  connectivityState as State,
  type ServiceError,
  status as GrpcCode,
} from '@grpc/grpc-js';
import { LIVENESS_SERVICE } from '../liveness.js';
import { asIs } from '../message-bytes.js';

/** @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
const CHECK = '/grpc.health.v1.Health/Check';
/**
 * `{ service: "liveness" }`. A check of the whole server (`""`) returns its readiness, which waits for the checks of
 * the server's own dependencies.
 */
const LIVENESS = Buffer.concat([Buffer.from([0x0a, LIVENESS_SERVICE.length]), Buffer.from(LIVENESS_SERVICE)]);

/** Statuses of a call that no server has answered in time. */
const UNANSWERED: ReadonlySet<number> = new Set([
  GrpcCode.UNAVAILABLE,
  GrpcCode.CANCELLED,
  GrpcCode.DEADLINE_EXCEEDED,
]);

/**
 * Resolves when a server of the upstream answers, with any status: a server that is not ready is still reachable.
 * An idle channel is not connected by the check; it connects for its first call.
 *
 * @throws UpstreamUnavailableError when no server answers before `signal` is aborted
 */
export async function checkUpstream(client: Client, upstream: string, signal: AbortSignal): Promise<void> {
  if (client.getChannel().getConnectivityState(false) === State.IDLE) return;
  const error = await new Promise<ServiceError | null>((resolve) => {
    const call = client.makeUnaryRequest(CHECK, asIs, asIs, LIVENESS, (failure) => resolve(failure));
    signal.addEventListener('abort', () => call.cancel(), { once: true });
  });
  if (error && UNANSWERED.has(error.code)) throw UpstreamUnavailableError.of(upstream, error);
}
