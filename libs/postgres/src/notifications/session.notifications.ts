import { setTimeout as delay } from 'node:timers/promises';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { Lifecycle } from '@app/lifecycle';
import { Injectable, Logger } from '@nestjs/common';
import type pg from 'pg';
import { type PostgresConfig, postgresConfig } from '../postgres.config.js';
import { assertWritable } from '../server-state.js';
import { ClosingClient } from '../session/closing-client.js';
import { type ListenOptions, Notifications, type Subscription } from './notifications.js';

/** Pauses before a lost session is reopened, interval of the heartbeat, and time limit of a reply; milliseconds. */
const FIRST_PAUSE = 100;
const MAX_PAUSE = 1_000;
const HEARTBEAT = 2_000;
const REPLY_TIMEOUT_MS = 2_000;

interface Listener extends ListenOptions {
  readonly channel: string;
  readonly call: (payload: string) => void;
}

/** One separate session, directly on the server. It opens with the first listener and closes with the last. */
@Injectable()
export class SessionNotifications extends Notifications {
  private readonly logger = new Logger(Notifications.name);
  private readonly listeners = new Set<Listener>();
  private session: pg.Client | undefined;
  private supervision: Promise<void> | undefined;
  private stop = new AbortController();

  constructor(
    @InjectConfig(postgresConfig) private readonly config: ConfigHandle<PostgresConfig>,
    lifecycle: Lifecycle,
  ) {
    super();
    lifecycle.register({ name: 'postgres notifications', close: () => this.close() });
  }

  listen(channel: string, call: (payload: string) => void, options: ListenOptions = {}): Subscription {
    const listener = { channel, call, ...options };
    this.listeners.add(listener);
    if (this.session) void this.subscribe(this.session, [listener]).catch(() => this.session?.end());
    this.supervision ??= this.supervise(this.stop.signal);
    return { close: () => this.unsubscribe(listener) };
  }

  private async unsubscribe(listener: Listener): Promise<void> {
    this.listeners.delete(listener);
    if (this.listeners.size === 0) await this.close();
  }

  private async close(): Promise<void> {
    const { supervision, stop } = this;
    this.listeners.clear();
    this.supervision = undefined;
    this.stop = new AbortController();
    stop.abort();
    await supervision;
  }

  /** Reopens the session until there are no listeners. */
  private async supervise(stop: AbortSignal): Promise<void> {
    let pause = FIRST_PAUSE;
    while (!stop.aborted) {
      try {
        await this.hold(stop, () => (pause = FIRST_PAUSE));
      } catch (error) {
        this.logger.debug({ err: error }, 'the session that listens was lost, or could not be opened');
      }
      await delay(pause, undefined, { signal: stop }).catch(() => undefined);
      pause = Math.min(pause * 2, MAX_PAUSE);
    }
  }

  /** Resolves when the session is over. @throws when it cannot be opened */
  private async hold(stop: AbortSignal, onOpen: () => void): Promise<void> {
    const { url, directUrl = url, schema, connectTimeout } = this.config.current;
    const session = new ClosingClient({
      connectionString: directUrl.href,
      application_name: `${schema}/notifications`,
      connectionTimeoutMillis: connectTimeout,
      query_timeout: REPLY_TIMEOUT_MS,
      keepAlive: true,
    });
    const lost = new AbortController();
    session.once('end', () => lost.abort());
    session.on('notification', ({ channel, payload = '' }) => this.deliver(channel, payload));
    try {
      await session.connect();
      this.session = session;
      await this.subscribe(session, [...this.listeners]);
      onOpen();
      const over = AbortSignal.any([stop, lost.signal]);
      while (!over.aborted) {
        await delay(HEARTBEAT, undefined, { signal: over }).catch(() => undefined);
        // A server that is no longer the primary still answers, but it sends no notifications.
        if (!over.aborted) await assertWritable(session);
      }
    } finally {
      if (this.session === session) this.session = undefined;
      await session.end();
    }
  }

  private async subscribe(session: pg.Client, listeners: readonly Listener[]): Promise<void> {
    const channels = new Set(listeners.map(({ channel }) => session.escapeIdentifier(channel)));
    await session.query([...channels].map((channel) => `LISTEN ${channel}`).join('; '));
    for (const listener of listeners) listener.onListening?.();
  }

  private deliver(channel: string, payload: string): void {
    for (const listener of this.listeners) if (listener.channel === channel) listener.call(payload);
  }
}
