/** Replaces values that must not be printed. */
export const MASK = '********';

const SECRET_NAME =
  /(?:password|passwd|passphrase|secret|token|authorization|cookie|apikey|accesskey|secretkey|privatekey|credentials?)$/;

/**
 * Secrets that are recognisable inside a text, each with its prefix: credentials in a URL, `password=…` in a
 * connection string or query, the same in JSON (also escaped inside a string), the value of an Authorization header.
 */
const SECRETS_IN_TEXT = [
  /([a-z]:\/\/[^\s:/@"]*:)[^\s"/]+(?=@)/gi,
  /((?:password|passwd|secret|token|api_?key|signature)=)[^\s"'\\&,;)]+/gi,
  /((?:password|passwd|secret|token|api_?key)\\*"\s?:\s?\\*")(?:[^"\\]|\\+[^"\\])+/gi,
  /(\b(?:bearer|basic) )[\w.~+/=-]{8,}/gi,
];
/** A cheap first check, since nearly every text holds no secret. */
const SUSPICIOUS = /:\/\/|password|passwd|secret|token|api_?key|signature=|bearer|basic /i;

/** Whether a field with this name is secret: `password`, `adminToken`, `x-api-key`, `set_cookie`. */
export function isSecretName(name: string): boolean {
  let known = secretNames.get(name);
  if (known === undefined) {
    known = SECRET_NAME.test(name.toLowerCase().replaceAll(/[^a-z]/g, ''));
    // Names usually come from code, not from clients; the limit protects memory when a log holds arbitrary keys.
    if (secretNames.size < 1000) secretNames.set(name, known);
  }
  return known;
}

const secretNames = new Map<string, boolean>();

/** Masks secrets that are recognisable by their context; returns the same text when there are none. */
export function maskText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return SECRETS_IN_TEXT.reduce((masked, pattern) => masked.replaceAll(pattern, `$1${MASK}`), text);
}

/** The largest depth that is searched; deeper values are not shown, because they were not searched for secrets. */
const MAX_DEPTH = 10;

export interface MaskingRules {
  isSecret: (name: string) => boolean;
  /** Converts an error inside the value. */
  describeError: (error: Error) => unknown;
  /** Searches a text for secrets. */
  maskText: (text: string) => string;
}

/** Copies values without their secrets; values with a `toJSON` are copied in that form. */
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
    // `fromEntries` defines fields instead of assigning them: a field may be named __proto__.
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        name,
        this.rules.isSecret(name) ? maskField(field) : this.copy(field, above),
      ]),
    );
  }
}

/** The output may show whether a secret exists, but not its value. */
function maskField(field: unknown): unknown {
  return field === undefined || field === null || typeof field === 'boolean' ? field : MASK;
}

function printsItself(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
