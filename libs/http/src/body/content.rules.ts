import { foreignCharset, isIdentity } from '@app/json';
import type { IncomingHttpHeaders } from 'node:http';
import { BodyRefusedError } from './body.errors.js';

/** Returns why the charset or encoding of a body is refused, before any of it is read; undefined for plain UTF-8. */
export function contentRefusalOf(headers: IncomingHttpHeaders): BodyRefusedError | undefined {
  const charset = foreignCharset(headers['content-type']);
  if (charset !== undefined) return BodyRefusedError.charset(charset);
  const encoding = headers['content-encoding'];
  return encoding === undefined || isIdentity(encoding)
    ? undefined
    : BodyRefusedError.contentEncoding(encoding);
}
