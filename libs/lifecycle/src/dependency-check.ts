/**
 * Checks whether a dependency answers. The lib that owns the connection registers it with `Readiness`.
 *
 * @publicApi
 */
export interface DependencyCheck {
  /** The name in `/readyz` and `/health/detail`: `postgres`, `redis`, `rabbitmq`, `s3`, `grpc_server`. */
  readonly name: string;
  /** As the subject of a sentence in the log: `Redis at localhost:6379`. @default the name */
  readonly subject?: string;
  /**
   * Whether its outages are logged. False for a check that is a part of another dependency, or depends on another one.
   *
   * @default true
   */
  readonly logsOutages?: boolean;
  /** Whether the app cannot work without it; otherwise the app is only degraded when the check fails. */
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
