import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { Metrics, type SpanOptions, Spans } from '@app/telemetry';
import { Injectable, Logger } from '@nestjs/common';
import type { Counter, Gauge, Histogram } from 'prom-client';
import { type RedisConfig, redisConfig } from './redis.config.js';

/** All states of a connection, as ioredis names them; the gauge has a series for each. */
const STATES = ['wait', 'connecting', 'connect', 'ready', 'reconnecting', 'close', 'end'] as const;

/** The observable state of a connection. */
export interface WatchedConnection {
  readonly status: string;
}

interface Known {
  seconds: Histogram.Internal<'command'>;
  failures: Readonly<Record<'refused' | 'unanswered', Counter.Internal>>;
  span: SpanOptions;
}

/**
 * Measures duration and failures of commands (scripts by name), logs slow ones, and exports the state of connections.
 */
@Injectable()
export class RedisMetrics {
  private readonly logger = new Logger('Redis');
  private readonly durations: Histogram<'command'>;
  private readonly failures: Counter<'command' | 'kind'>;
  private readonly connections = new Map<string, WatchedConnection>();
  private readonly known = new Map<string, Known>();

  constructor(
    metrics: Metrics,
    private readonly spans: Spans,
    @InjectConfig(redisConfig) private readonly config: ConfigHandle<RedisConfig>,
  ) {
    this.durations = metrics.histogram({
      name: 'redis_command_duration_seconds',
      help: 'Time from a command to its reply, including the wait for others of the same turn; scripts by name.',
      labelNames: ['command'],
    });
    this.failures = metrics.counter({
      name: 'redis_command_failures_total',
      help: 'Commands that failed: rejected by the server, or without a reply in time.',
      labelNames: ['command', 'kind'],
    });
    const { connections } = this;
    metrics.gauge({
      name: 'redis_connections',
      help: 'Connections by role of the server and state.',
      labelNames: ['role', 'state'],
      collect() {
        for (const [role, { status }] of connections) showStatus(this, role, status);
      },
    });
  }

  /** Exports the state of this connection from now on. */
  watch(role: string, connection: WatchedConnection): void {
    this.connections.set(role, connection);
  }

  /** Sends a command in its own span, and measures it. */
  async observe<T>(command: string, send: () => Promise<T>): Promise<T> {
    const { seconds, failures, span } = this.of(command);
    const started = performance.now();
    try {
      return await this.spans.run(command, span, send);
    } catch (error) {
      failures[(error as Error).name === 'ReplyError' ? 'refused' : 'unanswered'].inc();
      throw error;
    } finally {
      const ms = performance.now() - started;
      seconds.observe(ms / 1000);
      const { slowCommand } = this.config.current;
      if (slowCommand !== undefined && ms > slowCommand) this.logSlow(command, ms);
    }
  }

  private logSlow(command: string, ms: number): void {
    const operation = RequestContext.current()?.operation;
    this.logger.warn({ command, duration_ms: Math.round(ms), operation }, 'slow command');
  }

  private of(command: string): Known {
    let known = this.known.get(command);
    if (!known) {
      const attributes = { 'db.system.name': 'redis', 'db.operation.name': command };
      known = {
        seconds: this.durations.labels({ command }),
        failures: {
          refused: this.failures.labels({ command, kind: 'refused' }),
          unanswered: this.failures.labels({ command, kind: 'unanswered' }),
        },
        span: { kind: 'client', attributes },
      };
      this.known.set(command, known);
    }
    return known;
  }
}

function showStatus(gauge: Gauge<'role' | 'state'>, role: string, status: string): void {
  for (const state of STATES) gauge.set({ role, state }, state === status ? 1 : 0);
}
