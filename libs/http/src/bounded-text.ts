import { z } from 'zod';

/** The rules of a text, as in a proto message; lengths in characters. */
export interface TextRules {
  minLength?: number;
  maxLength: number;
  pattern?: RegExp;
}

/**
 * A text whose length is checked before its pattern, so that no pattern is matched against a long text.
 *
 * @param error the message for a text that does not match the pattern
 */
export function boundedText({ minLength = 0, maxLength, pattern }: TextRules, error?: string): z.ZodString {
  const text = z.string().min(minLength, { abort: true }).max(maxLength, { abort: true });
  return pattern ? text.regex(pattern, error === undefined ? undefined : { error }) : text;
}
