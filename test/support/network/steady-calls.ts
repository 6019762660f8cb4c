import { setTimeout as delay } from 'node:timers/promises';
import { GrpcCaller } from './grpc-caller.js';

const CLIENTS = 10;

/** Makes gRPC calls at a steady rate over open connections, until `stop`. */
export class SteadyCalls {
  succeeded = 0;
  /** One line per failed call: its code and message. */
  readonly failures: string[] = [];
  private stopped = false;
  private readonly running: Promise<void>[];

  constructor(
    port: number,
    private readonly call: (caller: GrpcCaller) => Promise<unknown>,
    { rate }: { rate: number },
  ) {
    const pause = (CLIENTS / rate) * 1000;
    this.running = Array.from({ length: CLIENTS }, () => this.run(new GrpcCaller(port), pause));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async run(caller: GrpcCaller, pause: number): Promise<void> {
    while (!this.stopped) {
      const next = delay(pause);
      try {
        await this.call(caller);
        this.succeeded += 1;
      } catch (error) {
        this.failures.push((error as Error).message);
      }
      await next;
    }
    caller.close();
  }
}

/** The failures that a stopping server must not cause. A refusal and a refused connection are documented. */
export function unexpectedCalls(failures: readonly string[]): string[] {
  return failures.filter((failure) => !failure.startsWith('14 UNAVAILABLE'));
}
