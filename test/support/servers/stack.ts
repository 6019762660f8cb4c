import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

export type StackServiceName = 'postgres' | 'redis' | 'rabbitmq' | 's3';

interface ServerRecord {
  readonly pid: number;
  readonly url: string;
}

const execute = promisify(execFile);
const root = resolve(import.meta.dirname, '..', '..', '..');

/** One server of the test stack, which a test can break. */
export class StackService {
  readonly name: StackServiceName;

  constructor(name: StackServiceName) {
    this.name = name;
  }

  /** The main process of the server. @throws when it does not run */
  get pid(): number {
    return this.record().pid;
  }

  get url(): string {
    return this.record().url;
  }

  /** SIGKILL to the server and all its helpers; resolves when they are gone. */
  kill(): Promise<void> {
    return this.control('kill');
  }

  /** Stops the server cleanly, with its data saved. */
  stop(): Promise<void> {
    return this.control('stop');
  }

  /** Sends SIGSTOP to the server and all its helpers: connections stay open, and the server does not answer. */
  pause(): Promise<void> {
    return this.control('pause');
  }

  resume(): Promise<void> {
    return this.control('resume');
  }

  /** Starts it again on the same data; resolves when it answers. Does nothing when it runs and answers. */
  start(): Promise<void> {
    return this.control('start');
  }

  /** Stop and start. */
  restart(): Promise<void> {
    return this.control('restart');
  }

  private record(): ServerRecord {
    const file = resolve(root, '.stack', 'test', 'run', `${this.name}.json`);
    return JSON.parse(readFileSync(file, 'utf8')) as ServerRecord;
  }

  /** Runs the tool of the stack, so that its records include the changes of the test. */
  private async control(action: string): Promise<void> {
    const cli = resolve(root, 'tools', 'cli.ts');
    await execute(process.execPath, ['--no-warnings', cli, 'stack', 'service', this.name, action, '--test'], {
      cwd: root,
    });
  }
}

/** The servers that `npm test` has started. */
export const testStack = {
  service: (name: StackServiceName): StackService => new StackService(name),
};
