import { ValidationFailedError, type ValidationIssue } from '@app/errors';
import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { HttpRequestError } from './http.errors.js';

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
    super({ exceptionFactory: (issues) => ValidationFailedError.of(issues.flatMap(toIssues)) });
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
   * Nest deletes these keys whether they are there or not, and V8 treats every object from which something was
   * deleted as a slow dictionary from then on.
   */
  protected override stripProtoKeys(value: unknown): void {
    if (hasProtoKeys(value)) super.stripProtoKeys(value);
  }
}

/** The names by which a value could reach into prototypes. */
const PROTO_KEYS = new Set(['__proto__', 'prototype', 'constructor']);

/** What was parsed of a request is a tree; with a list of its own instead of recursion it may be as deep as it is. */
function hasProtoKeys(value: unknown): boolean {
  const open = [value];
  while (open.length > 0) {
    const current = open.pop();
    if (typeof current !== 'object' || current === null || ArrayBuffer.isView(current)) continue;
    for (const [key, child] of Object.entries(current)) {
      if (PROTO_KEYS.has(key)) return true;
      if (typeof child === 'object') open.push(child);
    }
  }
  return false;
}

function toIssues(issue: SchemaIssue): ValidationIssue[] {
  const path = (issue.path ?? []).reduce<string>(appendSegment, '');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return (issue.keys ?? []).map((key) => ({
    path: appendSegment(path, key),
    message: 'is not a known field',
  }));
}

function appendSegment(path: string, segment: PropertyKey | { readonly key: PropertyKey }): string {
  const key = typeof segment === 'object' ? segment.key : segment;
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? String(key) : `${path}.${String(key)}`;
}
