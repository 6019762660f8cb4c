import { PARTITION } from '../outbox/outbox.partition.js';

/** The rows of one stream, and how a batch divides them into shares. */
export interface Stream {
  /** The SQL condition for its rows. */
  ready: string;
  /** An SQL expression; rows with the same value have one share of a batch. The stream's index begins with it. */
  part: string;
  /** The SQL type of `part`. */
  type: 'bigint' | 'text';
  /** The lowest possible value of `part`. */
  first: string;
  /** Maximum number of rows of one part in a batch, whatever the limit. */
  maxShare: number;
  lock: string;
}

/** Rows of a partition are sent one after the other; a batch has time for about this many. */
const ROWS_OF_A_PARTITION = 100;

export const STREAMS = {
  ordered: {
    ready: 'due_at IS NULL AND aggregate_key IS NOT NULL',
    part: PARTITION,
    type: 'bigint',
    first: '-9223372036854775808',
    maxShare: ROWS_OF_A_PARTITION,
    lock: '',
  },
  unordered: {
    ready: 'due_at IS NULL AND aggregate_key IS NULL',
    part: 'queue',
    type: 'text',
    first: '',
    maxShare: 10_000,
    lock: 'FOR UPDATE SKIP LOCKED',
  },
} as const satisfies Record<string, Stream>;

/**
 * Selects the oldest rows of each part, by id: `$1` rows in total, in equal shares, from the part `$2` on. It goes from
 * part to part by the index, and reads only the rows that it returns.
 *
 * @see https://wiki.postgresql.org/wiki/Loose_indexscan
 */
export function takeShares(table: string, { ready, part, type, maxShare, lock }: Stream): string {
  const next = (from: string) =>
    `SELECT ${part} AS part FROM ${table} WHERE ${ready} AND ${part} ${from} ORDER BY 1 LIMIT 1`;
  return `
    WITH RECURSIVE step AS (
      (${next(`>= $2::${type}`)})
      UNION ALL
      SELECT (${next('> step.part')}) FROM step WHERE step.part IS NOT NULL
    ), parts AS MATERIALIZED (
      SELECT part FROM step WHERE part IS NOT NULL LIMIT $1
    ), shares AS MATERIALIZED (
      SELECT part, least(${maxShare}, $1::bigint / count(*) OVER ()) AS share FROM parts
    )
    SELECT ready.*, shares.part::text AS part, shares.share::integer AS share, ${heldUntil(table)} AS held_until
    FROM shares CROSS JOIN LATERAL (
      SELECT * FROM ${table} WHERE ${ready} AND ${part} = shares.part ORDER BY id LIMIT shares.share ${lock}
    ) AS ready`;
}

/** When the earlier deferred rows of the partition are due. */
function heldUntil(table: string): string {
  return `(
      SELECT max(earlier.due_at) FROM ${table} AS earlier
      WHERE earlier.due_at IS NOT NULL AND earlier.aggregate_key IS NOT NULL AND earlier.queue = ready.queue
        AND earlier.aggregate_key = ready.aggregate_key AND earlier.id < ready.id)`;
}

/** Up to this many rows are counted exactly. */
const COUNTED = 10_000;
/** How many blocks of a larger table are sampled. */
const SAMPLED_BLOCKS = 500;

/**
 * How many events are due, and how long the oldest has waited, in seconds. Up to 10,000 are counted with an index;
 * beyond that the number is estimated from a sample of the table's blocks.
 */
export function backlogOf(table: string): string {
  const blocks = `pg_relation_size('${table}') / current_setting('block_size')::float8`;
  const percent = `least(100, 100 * ${SAMPLED_BLOCKS} / greatest(1, ${blocks}))`;
  return `
    WITH counted AS MATERIALIZED (
      SELECT count(*) AS size FROM (
        SELECT FROM ${table} WHERE waiting_since <= now() ORDER BY waiting_since LIMIT ${COUNTED}) AS oldest
    )
    SELECT CASE WHEN size < ${COUNTED} THEN size ELSE greatest(size, (
             SELECT count(*) * 100 / (${percent}) FROM ${table} TABLESAMPLE SYSTEM (${percent})
             WHERE waiting_since <= now()
           )) END::integer AS size,
           coalesce(extract(epoch FROM now() - (
             SELECT waiting_since FROM ${table} WHERE waiting_since <= now() ORDER BY waiting_since LIMIT 1
           )), 0)::float AS lag
    FROM counted`;
}
