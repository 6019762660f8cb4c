import { foreignCharset, isIdentity } from '@app/json';
import type { IncomingHttpHeaders } from 'node:http';
import { BodyRefusedError } from './body.errors.js';

/** Why a body is refused for how it is written, before anything of it is read; undefined when it is UTF-8 as it is. */
export function contentRefusalOf(headers: IncomingHttpHeaders): BodyRefusedError | undefined {
  const charset = foreignCharset(headers['content-type']);
  if (charset !== undefined) return BodyRefusedError.charset(charset);
  const encoding = headers['content-encoding'];
  return encoding === undefined || isIdentity(encoding)
    ? undefined
    : BodyRefusedError.contentEncoding(encoding);
}
