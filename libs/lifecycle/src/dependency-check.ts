/**
 * Tells whether a dependency answers. Registered with `Readiness` by the lib that owns the connection.
 *
 * @publicApi
 */
export interface DependencyCheck {
  /** As `/readyz` and `/health/detail` call it: `postgres`, `redis`, `rabbitmq`, `s3`, `grpc_server`. */
  readonly name: string;
  /** As the subject of a sentence in the log: `Redis at localhost:6379`. @default the name */
  readonly subject?: string;
  /**
   * Whether the log has lines for its outages. False for what is no dependency of its own: part of another one, or seen
   * through another one.
   *
   * @default true
   */
  readonly logsOutages?: boolean;
  /** Whether the app is of no use without it; otherwise it only shows as degraded. */
  readonly needed: boolean;
  /** Resolves when the dependency answers, rejects with the reason when it does not. */
  check(signal: AbortSignal): Promise<void>;
}

/** @publicApi */
export interface DependencyHealth {
  status: 'up' | 'down';
  needed: boolean;
  latency_ms: number;
  message?: string;
}
