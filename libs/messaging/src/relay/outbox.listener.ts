import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Client, Notification } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { OUTBOX_CHANNEL } from '../outbox/outbox.channel.js';

/** The pause before a lost session is opened again, in milliseconds; the relay's timer bridges it. */
const REOPEN_AFTER_MS = 1_000;

/** Hears that an outbox has something, on a session of its own for as long as it runs. */
@Injectable()
export class OutboxListener {
  private readonly logger = new Logger(OutboxListener.name);
  private runner: QueryRunner | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private onSchema: (schema: string) => void = () => undefined;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @param onSchema called with the schema whose outbox has something */
  async start(onSchema: (schema: string) => void): Promise<void> {
    this.onSchema = onSchema;
    await this.open();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { runner } = this;
    this.runner = undefined;
    if (!runner || runner.isReleased) return;
    await runner.query('UNLISTEN *').catch(() => undefined);
    await runner.release();
  }

  private async open(): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as Client;
      client.on('notification', ({ payload = '' }: Notification) => this.onSchema(payload));
      client.once('end', () => this.onLost(runner));
      await runner.query(`LISTEN ${OUTBOX_CHANNEL}`);
      this.runner = runner;
    } catch (error) {
      this.logger.debug({ err: error }, 'cannot listen for the outbox at the moment');
      this.onLost(runner);
    }
  }

  private onLost(runner: QueryRunner): void {
    if (!runner.isReleased) void runner.release();
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.open(), REOPEN_AFTER_MS);
  }
}
