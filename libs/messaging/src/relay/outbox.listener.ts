import { TransactionHost } from '@app/postgres';
import { Injectable, Logger } from '@nestjs/common';
import { OUTBOX_CHANNEL } from '../outbox/outbox.channel.js';

/** The pause before a lost session is opened again, in milliseconds; the relay's timer bridges it. */
const REOPEN_AFTER_MS = 1_000;

type Session = ReturnType<TransactionHost['manager']['dataSource']['createQueryRunner']>;

/** The part of a `pg` client that tells of notifications; TypeORM does not say which client it has. */
interface NotifyingClient {
  on(event: 'notification', listener: (notification: { payload?: string }) => void): void;
  once(event: 'end', listener: () => void): void;
}

/** Hears that an outbox has something, on a session of its own for as long as it runs. */
@Injectable()
export class OutboxListener {
  private readonly logger = new Logger(OutboxListener.name);
  private session: Session | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private onSchema: (schema: string) => void = () => undefined;

  constructor(private readonly transactions: TransactionHost) {}

  /** @param onSchema called with the schema whose outbox has something */
  async start(onSchema: (schema: string) => void): Promise<void> {
    this.onSchema = onSchema;
    await this.open();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { session } = this;
    this.session = undefined;
    if (!session || session.isReleased) return;
    await session.query('UNLISTEN *').catch(() => undefined);
    await session.release();
  }

  private async open(): Promise<void> {
    const session = this.transactions.manager.dataSource.createQueryRunner();
    try {
      const client = (await session.connect()) as NotifyingClient;
      client.on('notification', ({ payload = '' }) => this.onSchema(payload));
      client.once('end', () => this.onLost(session));
      await session.query(`LISTEN ${OUTBOX_CHANNEL}`);
      this.session = session;
    } catch (error) {
      this.logger.debug({ err: error }, 'cannot listen for the outbox at the moment');
      this.onLost(session);
    }
  }

  private onLost(session: Session): void {
    if (this.stopped) return;
    if (!session.isReleased) void session.release();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.open(), REOPEN_AFTER_MS);
  }
}
