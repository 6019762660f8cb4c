import { ValidationFailedError, type ValidationIssue } from '@app/errors';
import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { HttpRequestError } from './http.errors.js';
import { boundUnknownFieldsMessage } from './unknown-fields.message.js';

/** What Standard Schema promises of an issue, and what zod adds to it. */
interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string;
  readonly keys?: readonly string[];
}

/** Validates `@Body({ schema })`, `@Query({ schema })` and `@Param({ schema })`; answers 400 with every issue. */
@Injectable()
export class HttpValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: validationFailed });
    boundUnknownFieldsMessage();
  }

  /** @throws HttpRequestError MALFORMED_BODY when there is no body where one is needed */
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
   * Nest would delete `constructor`, `prototype` and `__proto__` from what a client sent. Here the reader of the body
   * refuses `__proto__`, the others are data, and a strict schema refuses those that it does not know.
   */
  protected override stripProtoKeys(): void {
    // Nothing is taken out.
  }
}

/** As many as an answer shows, so that a body of a hundred thousand unknown fields is refused without as many objects. */
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
