import { describeError, isSecretName, Masking, maskText } from '@app/errors';

/**
 * Takes secrets out of what is logged: what bears a secret name or one of the given names, at any depth, in the
 * fields of a line and in errors, and what gives itself away in any text of the line.
 */
export class Redactor {
  private readonly masking: Masking;
  private readonly isSecret: (name: string) => boolean;
  private readonly searchValue: (text: string) => string;

  /**
   * @param names secret beside those that always are
   * @param searched where texts are searched: all at once in the finished line, or each value for itself, which is
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

  /** Whether there are plain values under harmless names alone, as in nearly every line: it needs no copy. */
  private isHarmless(fields: object): fields is Record<string, unknown> {
    for (const name in fields) {
      const value = (fields as Record<string, unknown>)[name];
      if (typeof value === 'object' || typeof value === 'function' || this.isSecret(name)) return false;
      if (typeof value === 'string' && this.searchValue(value) !== value) return false;
    }
    return true;
  }
}

/** Whether what is to be masked is a name at any depth, not a path in pino's notation. */
export function isName(path: string): boolean {
  return /^[\w$-]+$/.test(path);
}
