import { ValidationFailedError, type ValidationIssue } from '@app/errors';
import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { HttpRequestError } from './http.errors.js';
import { boundUnknownFieldsMessage } from './unknown-fields.message.js';

/** An issue of Standard Schema, with the members that zod adds. */
interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string;
  readonly keys?: readonly string[];
}

/** Validates `@Body({ schema })`, `@Query({ schema })` and `@Param({ schema })`. Invalid data is 400 with its issues. */
@Injectable()
export class HttpValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: validationFailed });
    boundUnknownFieldsMessage();
  }

  /** @throws HttpRequestError MALFORMED_BODY when a required body is missing */
  override transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const validated = super.transform(value, metadata);
    if (metadata.type !== 'body' || value !== undefined) return validated;
    return validated.catch((error: unknown) => {
      throw error instanceof ValidationFailedError
        ? HttpRequestError.malformedBody('it is empty', error)
        : error;
    });
  }

  /**
   * Nest would delete `constructor`, `prototype` and `__proto__` from a client's data. Here the body parser refuses
   * `__proto__`. The other names are data, and a strict schema refuses unknown ones.
   */
  protected override stripProtoKeys(): void {
    // Removes nothing.
  }
}

/** The number of issues in a reply. A body with a hundred thousand unknown fields does not create as many objects. */
const MAX_ISSUES = 20;

function validationFailed(found: readonly SchemaIssue[]): ValidationFailedError {
  const issues = found.slice(0, MAX_ISSUES).flatMap(toIssues);
  const count = found.reduce((sum, issue) => sum + countOf(issue), 0);
  return ValidationFailedError.of(issues, count);
}

function countOf({ code, keys }: SchemaIssue): number {
  return code === 'unrecognized_keys' ? (keys?.length ?? 0) : 1;
}

function toIssues(issue: SchemaIssue): ValidationIssue[] {
  const path = (issue.path ?? []).reduce<string>(appendSegment, '');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return (issue.keys ?? []).slice(0, MAX_ISSUES).map((key) => ({
    path: appendSegment(path, key),
    message: 'is not a known field',
  }));
}

function appendSegment(path: string, segment: PropertyKey | { readonly key: PropertyKey }): string {
  const key = typeof segment === 'object' ? segment.key : segment;
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? String(key) : `${path}.${String(key)}`;
}
