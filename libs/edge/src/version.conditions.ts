import type { HttpEndpoint } from '@app/contracts';
import { evaluateConditions, hasConditions, readConditions, strongEntityTag } from '@app/http';
import type { FastifyRequest } from 'fastify';

type Expect = NonNullable<HttpEndpoint['condition']>['expect'];

/** Whether a request has a header that may be a condition. Most requests have none. */
export function mayHaveConditions({ headers }: FastifyRequest): boolean {
  return (
    headers['if-match'] !== undefined ||
    headers['if-none-match'] !== undefined ||
    headers['if-modified-since'] !== undefined ||
    headers['if-unmodified-since'] !== undefined
  );
}

/** Whether the client already has this version of a resource. @throws PreconditionFailedError 412 */
export function isNotModified({ method, raw }: FastifyRequest, etag: string): boolean {
  return evaluateConditions(method, readConditions(raw), { etag }) === 'not-modified';
}

/**
 * The conditions of a request that changes a resource. The service compares the versions again in its transaction, so
 * that only one of several clients with the same condition succeeds.
 */
export class VersionConditions {
  constructor(
    private readonly readVersion: (request: unknown) => Promise<string | number>,
    private readonly expect: Expect,
  ) {}

  /**
   * Sets the versions that the conditions require in the message; none when any version is acceptable.
   *
   * @throws PreconditionFailedError 412
   */
  async apply({ method, raw }: FastifyRequest, message: unknown): Promise<void> {
    const conditions = readConditions(raw);
    if (!hasConditions(conditions)) return;
    const version = await this.readVersion(message);
    evaluateConditions(method, conditions, { etag: strongEntityTag(version) });
    const namesVersions = [conditions.ifMatch, conditions.ifNoneMatch].some((tags) => Array.isArray(tags));
    if (namesVersions) this.expect(message, [Number(version)]);
  }
}
