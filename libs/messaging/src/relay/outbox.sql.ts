import { PARTITION } from '../outbox/outbox.partition.js';

/** Which rows a stream of the relay takes, and what shares its turns. */
export interface Stream {
  /** A condition on rows. */
  ready: string;
  /** An expression; rows with the same value have one share of a batch. The index of the stream begins with it. */
  part: string;
  /** The type of that value. */
  type: 'bigint' | 'text';
  /** Below every value. */
  first: string;
  /** How many rows of one part are taken at once, whatever the limit. */
  maxShare: number;
  lock: string;
}

/** Rows are taken by one relay at a time, and sent one after the other within a partition: a batch has time for so many. */
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
 * The oldest rows of each part, in the order of their ids, `$1` in all and as many of one part as of another; parts from
 * `$2` on. It goes from part to part by the index and reads no row that it does not take, however many there are.
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

/** When an earlier row of the partition is due that was put off. */
function heldUntil(table: string): string {
  return `(
      SELECT max(earlier.due_at) FROM ${table} AS earlier
      WHERE earlier.due_at IS NOT NULL AND earlier.aggregate_key IS NOT NULL AND earlier.queue = ready.queue
        AND earlier.aggregate_key = ready.aggregate_key AND earlier.id < ready.id)`;
}

/** How many rows are counted one by one. */
const COUNTED = 10_000;
/** How many blocks of a larger table are looked at. */
const SAMPLED_BLOCKS = 500;

/**
 * How many events wait that could be published by now, and for how long the oldest has, in seconds. Up to 10,000 are
 * counted by an index; beyond that a sample of the blocks says about how many.
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
