import { MIMEType } from 'node:util';

/** What is UTF-8, or a part of it. */
const CHARSETS: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
/** What nearly every sender writes. */
const PLAIN_JSON = 'application/json';

/**
 * The charset of a media type when it is one that is not read here; undefined when it is UTF-8, a part of it, or not
 * given. A text that is no media type has no charset.
 */
export function foreignCharset(contentType: string | undefined): string | undefined {
  if (contentType === undefined || contentType === PLAIN_JSON) return undefined;
  const charset = charsetOf(contentType);
  return charset === undefined || isOurCharset(charset) ? undefined : charset;
}

/** Whether a text names UTF-8 or a part of it. */
export function isOurCharset(charset: string): boolean {
  return CHARSETS.has(charset.trim().toLowerCase());
}

/**
 * Whether a content coding changes nothing; a list of several must not either.
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
