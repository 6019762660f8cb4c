export interface ToolErrorOptions {
  /** Possible solutions, one per line. */
  readonly remedies?: readonly string[];
  /** Evidence, for example the last lines of a log. */
  readonly evidence?: readonly string[];
  /** @default 1 */
  readonly exitCode?: number;
}

/** An expected failure: it is shown as one message with its remedies, never with a stack trace. */
export class ToolError extends Error {
  readonly remedies: readonly string[];
  readonly evidence: readonly string[];
  readonly exitCode: number;

  constructor(message: string, options: ToolErrorOptions = {}) {
    super(message);
    this.name = 'ToolError';
    this.remedies = options.remedies ?? [];
    this.evidence = options.evidence ?? [];
    this.exitCode = options.exitCode ?? 1;
  }
}
