import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { eventually } from '../../support/assertions/eventually.js';
import { freePort } from '../../support/network/free-port.js';
import { HttpClient } from '../../support/network/http-client.js';

/** A gateway whose standard output is a pipe of the test, which the test may leave unread. */
export class PipedGateway {
  private constructor(
    private readonly child: ChildProcess,
    readonly stdout: Readable,
    readonly http: HttpClient,
    readonly management: HttpClient,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<PipedGateway> {
    const [port, managementPort] = [await freePort(), await freePort()];
    const child = spawn(process.execPath, ['dist/apps/gateway/main.js'], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        APP_ENV: 'test',
        APP__HTTP__PORT: String(port),
        APP__MANAGEMENT__PORT: String(managementPort),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const clientOf = (on: number) => new HttpClient(`http://127.0.0.1:${on}`);
    const gateway = new PipedGateway(child, child.stdout, clientOf(port), clientOf(managementPort));
    const ready = async () => {
      if ((await gateway.management.get('/readyz')).status !== 200) throw new Error('not ready');
    };
    await eventually(ready, { within: 30_000 });
    return gateway;
  }

  /** The resident memory of the process, in bytes. */
  async residentBytes(): Promise<number> {
    const { text } = await this.management.get('/metrics');
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
  }

  async droppedLines(): Promise<number> {
    const { text } = await this.management.get('/metrics');
    return Number(/^log_lines_dropped_total(?:\{\})? (\S+)/m.exec(text)?.[1]);
  }

  /** @returns the exit code */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
