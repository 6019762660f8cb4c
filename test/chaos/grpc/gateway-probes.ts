import { setTimeout as delay } from 'node:timers/promises';
import type { AppProcess } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';

const EVERY_MS = 50;

/** Polls a gateway like a platform and its monitoring, from its start until `stop`. */
export class GatewayProbes {
  /** The statuses of `/readyz` since the gateway first answered. */
  readonly readiness = new Set<number>();
  private stopped = false;
  private detail = 0;
  private readonly running: Promise<unknown>;

  constructor(gateway: AppProcess) {
    const { management, http } = gateway;
    this.running = Promise.all([
      this.poll(async () => {
        const { status } = await management.get('/readyz');
        this.readiness.add(status);
      }),
      this.poll(() => http.get('/health')),
      this.poll(async () => {
        this.detail = (await http.get('/health/detail')).status;
      }),
    ]);
  }

  /** Resolves once all services behind the gateway are up. */
  async allUp(): Promise<void> {
    const look = () => {
      if (this.detail !== 200) throw new Error(`/health/detail says ${this.detail}`);
    };
    await eventually(look, { within: 60_000, every: 1 });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  /** Ignores errors, since the port is closed at first. */
  private async poll(probe: () => Promise<unknown>): Promise<void> {
    while (!this.stopped) {
      await probe().catch(() => undefined);
      await delay(EVERY_MS);
    }
  }
}
