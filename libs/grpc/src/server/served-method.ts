import type { MethodDefinition } from '@app/contracts';
import type { MethodMetrics } from '../grpc.metrics.js';
import type { RpcSpan } from '../rpc.span.js';

/** The static properties of an rpc. */
export interface ServedMethod {
  /** As on the wire: `/ganymede.counters.v1.CountersService/Increment`. */
  readonly path: string;
  /** Undefined for the rpcs of the transport: health and reflection. */
  readonly definition: MethodDefinition<unknown, unknown> | undefined;
  readonly streaming: boolean;
  /** Whether its streams never end by themselves. A stopping server ends them at once. */
  readonly endless: boolean;
  /** Whether it is a probe, which has an access line only when it fails, and no span. */
  readonly quiet: boolean;
  readonly span: RpcSpan;
  readonly metrics: MethodMetrics;
}
