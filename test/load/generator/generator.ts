import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { GeneratorAnswer, GeneratorCall } from './generator.process.js';
import type { LoadResult } from './load-result.js';
import type { RequestPlan } from './request-plan.js';

/** The open connections to one target. */
export interface Session {
  /** Sends this many requests, as fast as they are answered. */
  run(requests: number): Promise<LoadResult>;
  close(): Promise<void>;
}

/** The generator in a separate process, so that its work does not delay the others. */
export class Generator implements AsyncDisposable {
  private readonly child: ChildProcess;
  private sessions = 0;

  constructor() {
    const hook = resolve(import.meta.dirname, '..', '..', 'support', 'apps', 'typescript-imports.js');
    this.child = fork(resolve(import.meta.dirname, 'generator.process.ts'), {
      execArgv: ['--no-warnings', '--import', hook],
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Opens as many connections as the plan has requests. */
  async open(plan: RequestPlan): Promise<Session> {
    this.sessions += 1;
    const session = this.sessions;
    await this.ask({ call: 'open', session, plan });
    return {
      run: async (requests) => {
        const result = await this.ask({ call: 'run', session, requests });
        if (!result) throw new Error('The generator has answered a run with nothing.');
        return result;
      },
      close: async () => void (await this.ask({ call: 'close', session })),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }

  private async ask(call: GeneratorCall): Promise<LoadResult | undefined> {
    const answered = once(this.child, 'message');
    const ended = once(this.child, 'exit').then(() => {
      throw new Error('The generator has ended.');
    });
    ended.catch(() => undefined);
    this.child.send(call);
    const [{ result, failure }] = (await Promise.race([answered, ended])) as [GeneratorAnswer];
    if (failure !== undefined) throw new Error(failure);
    return result;
  }
}
