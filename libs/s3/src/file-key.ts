/** Maximum length of a key in S3, in bytes of UTF-8. */
const MAX_BYTES = 1024;

/** A proxy or a store may decode percent-encoding a second time, or read a backslash as a slash. */
const AMBIGUOUS = /[\p{Cc}\\]|%[0-9a-f]{2}/iu;

/**
 * Returns why a text cannot be the key of a file; undefined when it can. No key leaves the prefix, however the
 * store or a proxy in front of it reads a path.
 *
 * @param prefix `s3.key_prefix`, with which every key begins
 */
export function faultOfKey(key: string, prefix = ''): string | undefined {
  if (key === '') return 'must not be empty';
  if (!key.isWellFormed()) return 'must be well-formed Unicode';
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_BYTES) return `must have at most ${MAX_BYTES} bytes as UTF-8, not ${bytes}`;
  if (AMBIGUOUS.test(key)) return 'must not have control characters, "\\" or percent-encoded characters';
  if (key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'must not have empty segments, "." or ".."';
  return key.startsWith(prefix) ? undefined : `must begin with "${prefix}"`;
}
