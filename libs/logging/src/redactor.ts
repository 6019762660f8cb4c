import { describeError, isSecretName, Masking, maskText } from '@app/errors';

/**
 * Removes secrets from log lines: values under a secret name or one of the given names, at any depth, in fields and
 * in errors, and recognisable secrets in any text of the line.
 */
export class Redactor {
  private readonly masking: Masking;
  private readonly isSecret: (name: string) => boolean;
  private readonly searchValue: (text: string) => string;

  /**
   * @param names secret names in addition to the built-in ones
   * @param searched how texts are searched: all at once in the finished line, or each value separately, which is
   * quicker for lines of few short texts
   */
  constructor(names: readonly string[], searched: 'line' | 'values' = 'line') {
    const own = new Set(names);
    this.isSecret = own.size === 0 ? isSecretName : (name) => own.has(name) || isSecretName(name);
    this.searchValue = searched === 'values' ? maskText : (text) => text;
    this.masking = new Masking({
      isSecret: this.isSecret,
      maskText: this.searchValue,
      describeError: (error) => this.error(error),
    });
  }

  readonly fields = (fields: object): Record<string, unknown> =>
    this.isHarmless(fields) ? fields : this.masking.copyFields(fields, [fields]);

  readonly error = (error: unknown): unknown => describeError(error, this.isSecret);

  readonly line = (line: string): string => maskText(line);

  /** Whether there are only plain values under harmless names, as in nearly every line; then no copy is needed. */
  private isHarmless(fields: object): fields is Record<string, unknown> {
    for (const name in fields) {
      const value = (fields as Record<string, unknown>)[name];
      if (typeof value === 'object' || typeof value === 'function' || this.isSecret(name)) return false;
      if (typeof value === 'string' && this.searchValue(value) !== value) return false;
    }
    return true;
  }
}

/** Whether a field to mask is given as a name (any depth), not as a path in pino's notation. */
export function isName(path: string): boolean {
  return /^[\w$-]+$/.test(path);
}
