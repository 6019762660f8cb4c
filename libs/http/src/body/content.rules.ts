import type { IncomingHttpHeaders } from 'node:http';
import { MIMEType } from 'node:util';
import { BodyRefusedError } from './body.errors.js';

/** What is UTF-8, or a part of it. */
const CHARSETS: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
/** The header of nearly every request. */
const PLAIN_JSON = 'application/json';

/** Why a body is refused for how it is written, before anything of it is read; undefined when it is UTF-8 as it is. */
export function contentRefusalOf(headers: IncomingHttpHeaders): BodyRefusedError | undefined {
  const charset = charsetOf(headers['content-type']);
  if (charset !== undefined && !CHARSETS.has(charset.toLowerCase())) return BodyRefusedError.charset(charset);
  const encoding = headers['content-encoding'];
  return encoding === undefined || isIdentity(encoding)
    ? undefined
    : BodyRefusedError.contentEncoding(encoding);
}

/** A header that is no media type is for whoever looks for a parser. */
function charsetOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined || contentType === PLAIN_JSON) return undefined;
  try {
    return new MIMEType(contentType).params.get('charset') ?? undefined;
  } catch {
    return undefined;
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-8.4 */
function isIdentity(encoding: string): boolean {
  return encoding.split(',').every((coding) => ['', 'identity'].includes(coding.trim().toLowerCase()));
}
