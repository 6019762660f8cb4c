import type { SourceEdit } from './release.js';

const MODULE = /^(import \{ (?:Counters|CounterRanking)1\d+ \} .*)$/m;
const MIGRATIONS = /migrations: \[((?:Counters|CounterRanking)1\d+)\]/;

/**
 * The changes of the next release. Each schema gets a column that only the new release writes. The event of the
 * counters gets another shape, so another type, in a queue that only new workers consume.
 */
export const nextRelease: readonly SourceEdit[] = [
  {
    file: 'libs/contracts/src/counters.queues.ts',
    find: /$/,
    put: `
/** The counts of each drain, with the process that drained: \`counters.incremented.v2\`. */
export const counterEventsV2 = defineQueue({ name: 'counter_events_v2' });
`,
  },

  // grpc-server: the process that has drained a shard
  {
    file: 'apps/grpc-server/src/counters/migrations/1999000000000-shard-drained-by.migration.ts',
    create: migration('ShardDrainedBy1999000000000', 'counter_shard'),
  },
  {
    file: 'apps/grpc-server/src/counters/counters.module.ts',
    find: MODULE,
    put: `$1\nimport { ShardDrainedBy1999000000000 } from './migrations/1999000000000-shard-drained-by.migration.js';`,
  },
  {
    file: 'apps/grpc-server/src/counters/counters.module.ts',
    find: MIGRATIONS,
    put: 'migrations: [$1, ShardDrainedBy1999000000000]',
  },
  {
    file: 'apps/grpc-server/src/counters/drain/counter.ledger.store.ts',
    find: /UPDATE counter_shard SET /,
    put: 'UPDATE counter_shard SET drained_by = ${process.pid}, ',
  },
  {
    file: 'apps/grpc-server/src/counters/drain/counter.ledger.store.ts',
    find: /'(UPDATE counter_shard SET [^']*)'/,
    put: '`$1`',
  },
  {
    file: 'apps/grpc-server/src/counters/drain/counter.events.ts',
    find: /import \{ countersIncrementedEvent \}/,
    put: 'import { counterEventsV2 }',
  },
  {
    file: 'apps/grpc-server/src/counters/drain/counter.events.ts',
    find: /countersIncrementedEvent\.of\(event\)/,
    put: `{
        type: 'counters.incremented.v2',
        queue: counterEventsV2,
        payload: {
          drained_by: String(process.pid),
          counted_at: event.occurredAt.toISOString(),
          counted: event.deltas.map(({ resourceId, counterType, delta }) => ({ id: resourceId, type: counterType, by: delta })),
        },
      }`,
  },

  // worker: the last source of a counter's event; the old event is still consumed
  {
    file: 'apps/worker/src/counters/migrations/1999000000001-total-drained-by.migration.ts',
    create: migration('TotalDrainedBy1999000000001', 'counter_total'),
  },
  {
    file: 'apps/worker/src/counters/counters.module.ts',
    find: MODULE,
    put: `$1\nimport { TotalDrainedBy1999000000001 } from './migrations/1999000000001-total-drained-by.migration.js';`,
  },
  {
    file: 'apps/worker/src/counters/counters.module.ts',
    find: MIGRATIONS,
    put: 'migrations: [$1, TotalDrainedBy1999000000001]',
  },
  {
    file: 'apps/worker/src/counters/counters.module.ts',
    find: /controllers: \[/,
    put: 'controllers: [CountersV2Consumer, ',
  },
  {
    file: 'apps/worker/src/counters/counters.module.ts',
    find: /^import \{ CountersConsumer \}/m,
    put: `import { CountersV2Consumer } from './counters-v2.consumer.js';\nimport { CountersConsumer }`,
  },
  {
    file: 'apps/worker/src/counters/counters-v2.consumer.ts',
    create: `import { counterEventsV2 } from '@app/contracts';
import { Consume } from '@app/messaging';
import { TransactionHost } from '@app/postgres';
import { Controller } from '@nestjs/common';
import { z } from 'zod';

const schema = z.strictObject({
  drained_by: z.string(),
  counted_at: z.coerce.date(),
  counted: z.array(z.strictObject({ id: z.string(), type: z.string(), by: z.int() })),
});

const COLUMNS = 'SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ORDER BY 1, 2';

@Controller()
export class CountersV2Consumer {
  constructor(private readonly transactions: TransactionHost) {}

  @Consume({ queue: counterEventsV2, schema })
  async onIncremented({ drained_by, counted_at, counted }: z.output<typeof schema>): Promise<void> {
    const columns = [counted.map(({ type }) => type), counted.map(({ id }) => id), counted.map(({ by }) => by)];
    await this.transactions.query(
      \`INSERT INTO counter_total (counter_type, resource_id, value, drained_by)
       SELECT *, $4 FROM (\${COLUMNS}) AS counted
       ON CONFLICT (counter_type, resource_id)
       DO UPDATE SET value = counter_total.value + excluded.value, drained_by = excluded.drained_by\`,
      [...columns, drained_by],
    );
    await this.transactions.query(
      \`INSERT INTO counter_minute (minute, counter_type, resource_id, value)
       SELECT date_trunc('minute', $4::timestamptz), * FROM (\${COLUMNS}) AS counted
       ON CONFLICT (minute, counter_type, resource_id) DO UPDATE SET value = counter_minute.value + excluded.value\`,
      [...columns, counted_at],
    );
  }
}
`,
  },
];

function migration(name: string, table: string): string {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${name} implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE ${table} ADD COLUMN drained_by text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE ${table} DROP COLUMN drained_by');
  }
}
`;
}
