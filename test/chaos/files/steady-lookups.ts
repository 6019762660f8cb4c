import { setTimeout as delay } from 'node:timers/promises';
import { FilesServiceDefinition } from '@app/contracts';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { LONG } from '../../support/assertions/form.js';

/** The result of one call. */
export interface Lookup {
  /** Its start and its duration, in milliseconds of the monotonic clock. */
  readonly at: number;
  readonly ms: number;
  /** `OK`, or the status's name. */
  readonly status: string;
  readonly message: string;
}

/** Calls per second. */
export const RATE = LONG ? 200 : 50;
const TICK_MS = 10;

/** The deadline of a call, in milliseconds. */
export const DEADLINE_MS = 1_000;

/** Calls at a steady rate, whether earlier ones were answered or not. Each needs PostgreSQL. */
export class SteadyLookups {
  readonly done: Lookup[] = [];
  private readonly client: Client;
  private readonly open = new Set<Promise<void>>();
  private readonly running: Promise<void>;
  private stopped = false;

  constructor(
    port: number,
    private readonly key: string,
  ) {
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    this.running = this.run();
  }

  /** The calls that started in a period. */
  between(from: number, to: number): Lookup[] {
    return this.done.filter(({ at }) => at >= from && at < to);
  }

  /** Resolves when every call has its result. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    await Promise.all(this.open);
    this.client.close();
  }

  private async run(): Promise<void> {
    const started = performance.now();
    for (let made = 0; !this.stopped; await delay(TICK_MS)) {
      const due = ((performance.now() - started) / 1_000) * RATE;
      for (; made < due; made++) this.look();
    }
  }

  private look(): void {
    const { path, request, response } = FilesServiceDefinition.methods.get;
    const at = performance.now();
    const call = new Promise<void>((resolve) => {
      this.client.makeUnaryRequest(
        path,
        (message: { key: string }) => Buffer.from(request.encode(message).finish()),
        (bytes) => response.decode(bytes),
        { key: this.key },
        new Metadata(),
        { deadline: Date.now() + DEADLINE_MS },
        (error) => {
          const code = status[error?.code ?? status.OK] ?? 'none';
          this.done.push({ at, ms: performance.now() - at, status: code, message: error?.details ?? '' });
          resolve();
        },
      );
    });
    this.open.add(call);
    void call.finally(() => this.open.delete(call));
  }
}
