/** CONNECTION_FORCED: an operator or a shutdown closed the connection; nothing on it was at fault. */
const CONNECTION_FORCED = 320;

/**
 * Whether the broker closed a connection because of what was asked on it, such as 541 for a quorum queue without a
 * leader. A broken network and a broker that shuts down are no such fault.
 *
 * @see https://www.rabbitmq.com/amqp-0-9-1-reference#constants
 */
export function isProtocolFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'number' && code !== CONNECTION_FORCED;
}
