import { describeError, isSecretName, Masking, maskText } from '@app/errors';

/**
 * Takes secrets out of what is logged: what bears a secret name or one of the given names, at any depth, in the
 * fields of a line and in errors, and what gives itself away in any text of the line.
 */
export class Redactor {
  private readonly masking: Masking;
  private readonly isSecret: (name: string) => boolean;

  constructor(names: readonly string[]) {
    const own = new Set(names);
    this.isSecret = own.size === 0 ? isSecretName : (name) => own.has(name) || isSecretName(name);
    // Texts are searched once, in the finished line.
    this.masking = new Masking({
      isSecret: this.isSecret,
      maskText: (text) => text,
      describeError: (error) => this.error(error),
    });
  }

  readonly fields = (fields: object): Record<string, unknown> =>
    this.isHarmless(fields) ? fields : this.masking.copyFields(fields, [fields]);

  readonly error = (error: unknown): unknown => describeError(error, this.isSecret);

  readonly line = (line: string): string => maskText(line);

  /** Whether there are plain values under harmless names alone, as in nearly every line: it needs no copy. */
  private isHarmless(fields: object): fields is Record<string, unknown> {
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'object' || typeof value === 'function' || this.isSecret(name)) return false;
    }
    return true;
  }
}
