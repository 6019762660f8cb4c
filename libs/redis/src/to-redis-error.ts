import { RedisError, RedisUnavailableError } from './redis.errors.js';

/** Replies about the server's state, not about the command: every caller receives them. */
const OUTAGES: ReadonlySet<string> = new Set([
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'MISCONF',
  'NOREPLICAS',
  'UNBLOCKED',
  'OOM',
  'BUSY',
]);
/** Replies to a failed login or a missing permission: configuration errors. */
const REFUSALS: ReadonlySet<string> = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM', 'DENIED']);
const TOO_MANY_CLIENTS = /^ERR max number of clients reached/;

/** The error code of a reply; servers before version 7 put other text before the code of a command inside a script. */
const CODE = /^(?:ERR Error running script .*?@\w+: ?\d+: ?)?-?([A-Z]+)\b/s;

/**
 * Errors of the driver for a command that it has not written to a connection: there is none (both kinds of client), or
 * the keys of a pipeline belong to several nodes. In all other failures without a reply the command was written.
 */
const NOT_SENT =
  /^(Stream isn't writeable|Cluster isn't ready|All keys in the pipeline should belong|Failed to refresh slots cache)/;

/** Errors of the driver when it is called incorrectly. */
const CALLERS: ReadonlySet<string> = new Set(['TypeError', 'RangeError']);

/**
 * Converts an error of the driver: RedisUnavailableError for an outage; any other error, a bug of ours, stays as it
 * is.
 */
export function toRedisError(thrown: unknown): unknown {
  if (thrown instanceof RedisError) return thrown;
  const { name, message } = thrown as Error;
  if (CALLERS.has(name)) return thrown;
  if (name !== 'ReplyError')
    return NOT_SENT.test(message)
      ? RedisUnavailableError.because(thrown)
      : RedisUnavailableError.unanswered(thrown);
  const [, code = ''] = CODE.exec(message) ?? [];
  if (REFUSALS.has(code)) return RedisUnavailableError.refused(thrown);
  return OUTAGES.has(code) || TOO_MANY_CLIENTS.test(message) ? RedisUnavailableError.because(thrown) : thrown;
}

/**
 * Sends a command and converts its errors. @throws RedisUnavailableError when Redis does not reply or rejects commands
 */
export async function withRedisErrors<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (thrown) {
    throw toRedisError(thrown);
  }
}
