import { MIMEType } from 'node:util';

/** UTF-8 and its subset ASCII. */
const CHARSETS: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
/** The value that nearly every sender uses. */
const PLAIN_JSON = 'application/json';

/**
 * The charset of a media type if it is not supported; undefined when it is UTF-8, a subset of it, or not given. An
 * invalid media type has no charset.
 */
export function foreignCharset(contentType: string | undefined): string | undefined {
  if (contentType === undefined || contentType === PLAIN_JSON) return undefined;
  const charset = charsetOf(contentType);
  return charset === undefined || isOurCharset(charset) ? undefined : charset;
}

/** Whether a charset is UTF-8 or a subset of it. */
export function isOurCharset(charset: string): boolean {
  return CHARSETS.has(charset.trim().toLowerCase());
}

/**
 * Whether a content coding, or every one in a list, is `identity`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.4
 */
export function isIdentity(encoding: string): boolean {
  return encoding.split(',').every((coding) => ['', 'identity'].includes(coding.trim().toLowerCase()));
}

function charsetOf(contentType: string): string | undefined {
  try {
    return new MIMEType(contentType).params.get('charset') ?? undefined;
  } catch {
    return undefined;
  }
}
