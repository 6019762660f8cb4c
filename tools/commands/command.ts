import type { Interruption } from '../process/interruption.ts';

export interface CommandContext {
  readonly args: readonly string[];
  readonly interruption: Interruption;
}

/** Returns the exit code; throws a ToolError for an expected failure. */
export type Command = (context: CommandContext) => Promise<number>;
