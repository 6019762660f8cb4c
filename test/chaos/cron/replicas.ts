import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { collectFeatures, Migrator } from '@app/postgres';
import { SchedulingModule } from '@app/scheduling';
import { Logger } from '@nestjs/common';
import { ScratchPostgres } from '../../support/servers/scratch-postgres.js';

const PROGRAM = resolve(import.meta.dirname, 'cron-replica.ts');
const TYPESCRIPT = resolve(import.meta.dirname, '../../support/apps/typescript-process.js');

export interface Visit {
  job: string;
  scheduled_at: Date;
  attempt: number;
  pid: number;
  visited_at: Date;
}

/** Replicas of a cron server on their own schema. */
export class Replicas {
  private readonly children = new Set<ChildProcess>();

  private constructor(readonly postgres: ScratchPostgres) {}

  static async create(): Promise<Replicas> {
    Logger.overrideLogger(['error']);
    const postgres = await ScratchPostgres.create();
    await new Migrator(postgres.config, await collectFeatures(SchedulingModule.forRoot())).migrate();
    await postgres.execute(`CREATE TABLE visit (job text, scheduled_at timestamptz, attempt int, pid int,
      visited_at timestamptz DEFAULT clock_timestamp())`);
    return new Replicas(postgres);
  }

  /** Resolves with the process and the time of its clock, once it schedules its jobs. */
  async start(
    jobs: object,
    env: Record<string, string> = {},
  ): Promise<{ child: ChildProcess; clock: number }> {
    const child = fork(PROGRAM, {
      execArgv: ['--no-warnings', '--import', TYPESCRIPT],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        APP_ENV: 'test',
        APP__POSTGRES__SCHEMA: this.postgres.schema,
        APP__LOCKS__SCHEMA: this.postgres.schema,
        APP__SCHEDULING__LEASE_TTL: '4s',
        APP__SCHEDULING__JOBS: JSON.stringify(jobs),
        ...env,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.children.add(child);
    const [clock] = (await once(child, 'message')) as [number];
    return { child, clock };
  }

  async kill(child: ChildProcess): Promise<void> {
    this.children.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  visits(): Promise<Visit[]> {
    return this.postgres.execute<Visit>('SELECT * FROM visit ORDER BY visited_at');
  }

  async remove(): Promise<void> {
    await Promise.all([...this.children].map((child) => this.kill(child)));
    await this.postgres.drop();
  }
}
