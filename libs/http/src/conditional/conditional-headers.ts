import type { FastifyRequest } from 'fastify';
import { type EntityTags, parseEntityTags } from './entity-tag.js';
import { parseHttpDate } from './http-date.js';

/** The valid conditions of a request. */
export interface ConditionalHeaders {
  readonly ifMatch: EntityTags | undefined;
  readonly ifNoneMatch: EntityTags | undefined;
  readonly ifModifiedSince: Date | undefined;
  readonly ifUnmodifiedSince: Date | undefined;
}

/** Whether a request has any condition. */
export function hasConditions(conditions: ConditionalHeaders): boolean {
  return Object.values(conditions).some((condition) => condition !== undefined);
}

/**
 * Reads the conditions of a request. A list may span several header lines. A date that is invalid, or that occurs
 * twice, is ignored.
 *
 * @see RFC 9110, section 13.1
 */
export function readConditions({ headersDistinct }: FastifyRequest['raw']): ConditionalHeaders {
  const tagsOf = (name: string) => {
    const lines = headersDistinct[name];
    return lines && parseEntityTags(lines.join(', '));
  };
  const dateOf = (name: string) => {
    const [line, ...others] = headersDistinct[name] ?? [];
    return line === undefined || others.length > 0 ? undefined : parseHttpDate(line);
  };
  return {
    ifMatch: tagsOf('if-match'),
    ifNoneMatch: tagsOf('if-none-match'),
    ifModifiedSince: dateOf('if-modified-since'),
    ifUnmodifiedSince: dateOf('if-unmodified-since'),
  };
}
