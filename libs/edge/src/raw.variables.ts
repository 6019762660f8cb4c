import type { PathVariable } from '@app/contracts';
import { verbOf } from '@app/http';
import type { FastifyRequest } from 'fastify';

/** Removes the origin of an absolute address, which a client may send to a proxy. */
const ORIGIN = /^https?:\/\/[^/]*/i;
const ENCODED_SLASH = /(%2f)/i;

/**
 * The variables of a template that the router's parameters do not have: those of several segments, and those before a
 * verb. Their values come from the raw path, because the router decodes `%2F`.
 */
export class RawVariables {
  /**
   * @param shift how many segments the app puts before the template: of its prefix and of the version
   * @param hasVerb whether the template ends with a verb
   */
  constructor(
    private readonly variables: readonly PathVariable[],
    private readonly shift: number,
    private readonly hasVerb: boolean,
  ) {}

  /** Sets them in the parameters of a request. */
  assignTo({ raw, params }: FastifyRequest): void {
    const segments = this.segmentsOf(raw.url ?? '');
    for (const { name, from, to, isMulti } of this.variables) {
      const own = segments.slice(from + this.shift, to === undefined ? undefined : to + this.shift);
      const value = isMulti ? own.map(decodeButSlash).join('/') : decodeURIComponent(own[0] ?? '');
      (params as Record<string, string>)[name] = value;
    }
  }

  private segmentsOf(url: string): string[] {
    const query = url.indexOf('?');
    const path = (query < 0 ? url : url.slice(0, query)).replace(ORIGIN, '');
    const verb = this.hasVerb ? verbOf(path) : undefined;
    const own = verb === undefined ? path : path.slice(0, -verb.length - 1);
    return own.slice(1).split('/');
  }
}

/** Decodes a segment of a longer value. An encoded slash stays encoded, unlike the slashes between segments. */
function decodeButSlash(segment: string): string {
  if (!segment.includes('%')) return segment;
  return segment
    .split(ENCODED_SLASH)
    .map((part, index) => (index % 2 === 1 ? part : decodeURIComponent(part)))
    .join('');
}
