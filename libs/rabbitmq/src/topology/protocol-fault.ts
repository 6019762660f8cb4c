/** CONNECTION_FORCED: an operator or a shutdown of the broker closed the connection. */
const CONNECTION_FORCED = 320;

/**
 * Whether the broker closed a connection because of a request on it, for example with 541 for a quorum queue without a
 * leader. A broken network or a shutdown of the broker is not such a fault.
 *
 * @see https://www.rabbitmq.com/amqp-0-9-1-reference#constants
 */
export function isProtocolFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'number' && code !== CONNECTION_FORCED;
}
