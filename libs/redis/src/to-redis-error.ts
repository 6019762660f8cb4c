import { RedisError, RedisUnavailableError } from './redis.errors.js';

/** Replies that speak of the server's state, not of the command: whoever asks is answered so. */
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
/** Replies to a login or to a user without the right: a matter of configuration. */
const REFUSALS: ReadonlySet<string> = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM', 'DENIED']);
const TOO_MANY_CLIENTS = /^ERR max number of clients reached/;

/** The first word of a reply; servers before version 7 put that of a command inside a script behind words of their own. */
const CODE = /^(?:ERR Error running script .*?@\w+: ?\d+: ?)?-?([A-Z]+)\b/s;

/**
 * What the driver says of a command that it has not written to a connection: there is none (both kinds of client), or
 * the keys of a pipeline belong to several nodes. Whatever else fails without a reply was written.
 */
const NOT_SENT =
  /^(Stream isn't writeable|Cluster isn't ready|All keys in the pipeline should belong|Failed to refresh slots cache)/;

/** What the driver throws when it is called wrongly. */
const CALLERS: ReadonlySet<string> = new Set(['TypeError', 'RangeError']);

/** What a failure of the driver means to a caller: Redis is unavailable, or, as it is, the command was refused: a bug of ours. */
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

/** Sends a command. @throws RedisUnavailableError when Redis does not answer, or can serve nobody for now */
export async function answered<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (thrown) {
    throw toRedisError(thrown);
  }
}
