/** What stands in place of what must not be printed. */
export const MASK = '********';

const SECRET_NAME =
  /(?:password|passwd|passphrase|secret|token|authorization|cookie|apikey|accesskey|secretkey|privatekey|credentials?)$/;

/**
 * What gives itself away inside a text, each with what stands before it: credentials in an address, `password=…`
 * in a connection string or query, the same in JSON (also quoted as a text), the value of an Authorization header.
 */
const SECRETS_IN_TEXT = [
  /([a-z]:\/\/[^\s:/@"]*:)[^\s"/]+(?=@)/gi,
  /((?:password|passwd|secret|token|api_?key|signature)=)[^\s"'\\&,;)]+/gi,
  /((?:password|passwd|secret|token|api_?key)\\*"\s?:\s?\\*")(?:[^"\\]|\\+[^"\\])+/gi,
  /(\b(?:bearer|basic) )[\w.~+/=-]{8,}/gi,
];
/** A look that costs little, since nearly every text passes it by. */
const SUSPICIOUS = /:\/\/|password|passwd|secret|token|api_?key|signature=|bearer|basic /i;

/** Whether what bears this name is secret: `password`, `adminToken`, `x-api-key`, `set_cookie`. */
export function isSecretName(name: string): boolean {
  let known = secretNames.get(name);
  if (known === undefined) {
    known = SECRET_NAME.test(name.toLowerCase().replaceAll(/[^a-z]/g, ''));
    // Names come from code, not from clients; but a log of foreign keys must not fill the memory either.
    if (secretNames.size < 1000) secretNames.set(name, known);
  }
  return known;
}

const secretNames = new Map<string, boolean>();

/** A text without the secrets that can be told by their surroundings; the same text when there are none. */
export function maskText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return SECRETS_IN_TEXT.reduce((masked, pattern) => masked.replaceAll(pattern, `$1${MASK}`), text);
}

/** How deep a value is followed; what lies deeper is not shown, since it could not be looked through. */
const MAX_DEPTH = 10;

export interface MaskingRules {
  isSecret: (name: string) => boolean;
  /** What is shown of an error that stands among other values. */
  describeError: (error: Error) => unknown;
  /** Searches a text for secrets. */
  maskText: (text: string) => string;
}

/** Copies values without their secrets; each thing is asked for what it would print. */
export class Masking {
  constructor(private readonly rules: MaskingRules) {}

  copy(value: unknown, above: readonly object[] = []): unknown {
    if (typeof value === 'string') return this.rules.maskText(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (value instanceof Error) return this.rules.describeError(value);
    if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
    if (above.includes(value)) return '[circular]';
    if (above.length >= MAX_DEPTH) return '[…]';
    const below = [...above, value];
    if (Array.isArray(value)) return value.map((item) => this.copy(item, below));
    if (printsItself(value)) return this.copy(value.toJSON(), below);
    return this.copyFields(value, below);
  }

  copyFields(value: object, above: readonly object[]): Record<string, unknown> {
    // By definition, not by assignment: a field may bear the name __proto__.
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        name,
        this.rules.isSecret(name) ? maskField(field) : this.copy(field, above),
      ]),
    );
  }
}

/** Whether there is one may be told, what it is may not. */
function maskField(field: unknown): unknown {
  return field === undefined || field === null || typeof field === 'boolean' ? field : MASK;
}

function printsItself(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
