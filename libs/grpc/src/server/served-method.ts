import type { MethodDefinition } from '@app/contracts';
import type { MethodMetrics } from '../grpc.metrics.js';
import type { RpcSpan } from '../rpc.span.js';

/** What is known of an rpc before it is called. */
export interface ServedMethod {
  /** As on the wire: `/ganymede.counters.v1.CountersService/Increment`. */
  readonly path: string;
  /** None for what serves the transport itself: health and reflection. */
  readonly definition: MethodDefinition<unknown, unknown> | undefined;
  readonly streaming: boolean;
  /** Has no end of its own: the server ends it as soon as it stops. */
  readonly endless: boolean;
  /** Has an access line only when it fails, and no span: a probe. */
  readonly quiet: boolean;
  readonly span: RpcSpan;
  readonly metrics: MethodMetrics;
}
