import { S3Error } from './s3.error.ts';
import type { S3Request } from './s3-request.ts';

/** The version that a condition is compared with. */
interface Version {
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** Throws when the write must not happen. */
type WriteCondition = (current: Version | undefined) => void;

const failed = (condition: string): S3Error =>
  new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });

/** Whether a list of entity tags includes this one, or is `*`. */
function names(header: string, etag: string): boolean {
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
  return tags.includes('*') || tags.includes(etag);
}

/** HTTP dates have whole seconds. */
const second = (time: number): number => Math.floor(time / 1000);

/**
 * Checks the conditions of a read. An entity tag precedes a date, as in RFC 9110.
 *
 * @param prefix `x-amz-copy-source-` for the source of a copy
 * @returns whether the client has this version already
 * @throws S3Error PreconditionFailed
 */
export function isNotModified(request: S3Request, { etag, modified }: Version, prefix = ''): boolean {
  const header = (name: string): string | undefined => request.header(`${prefix}${name}`);
  const date = (name: string): number => second(Date.parse(header(name) ?? ''));
  const match = header('if-match');
  if (match === undefined) {
    if (second(modified) > date('if-unmodified-since')) throw failed('If-Unmodified-Since');
  } else if (!names(match, etag)) throw failed('If-Match');
  const none = header('if-none-match');
  const isSame = none === undefined ? second(modified) <= date('if-modified-since') : names(none, etag);
  if (isSame && prefix !== '') throw failed(none === undefined ? 'If-Modified-Since' : 'If-None-Match');
  return isSame;
}

/**
 * The condition of a write: `If-None-Match: *` or `If-Match: <entity tag>`. It is checked when the object is
 * published.
 *
 * @throws S3Error NotImplemented for conditions that S3 does not support
 */
export function writeCondition(request: S3Request): WriteCondition {
  const none = request.header('if-none-match');
  const matches = matchCondition(request.header('if-match'), request.key);
  if (none !== undefined && none !== '*')
    throw new S3Error('NotImplemented', 'A write takes If-None-Match with the value * alone.');
  return (current) => {
    if (none !== undefined && current) throw failed('If-None-Match');
    matches(current);
  };
}

/** The condition that the object exists with one of these entity tags. */
export function matchCondition(tags: string | undefined, key: string): WriteCondition {
  return (current) => {
    if (tags === undefined) return;
    if (!current) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
    if (!names(tags, current.etag)) throw failed('If-Match');
  };
}
