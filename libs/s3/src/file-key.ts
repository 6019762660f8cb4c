/** What S3 takes, in bytes of UTF-8. */
const MAX_BYTES = 1024;

/** Why a text cannot be the key of a file in any store that speaks S3; undefined when it can. */
export function faultOfKey(key: string): string | undefined {
  if (key === '') return 'must not be empty';
  if (!key.isWellFormed()) return 'must be well-formed Unicode';
  const bytes = Buffer.byteLength(key);
  return bytes > MAX_BYTES ? `must have at most ${MAX_BYTES} bytes as UTF-8, not ${bytes}` : undefined;
}
