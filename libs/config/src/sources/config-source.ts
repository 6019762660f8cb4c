import type { ConfigProblem } from '../config.errors.js';
import type { Branch } from '../config.tree.js';

/** What a source receives from the app: its known keys, and a list for problems. */
export interface SourceContext {
  /** Whether a section has this key, in the notation of the files; distinguishes `x_file` from `x` + `_FILE`. */
  isKnownPath(path: readonly string[]): boolean;
  /** Adds a problem to the list; the source continues with the values that it could read. */
  report(problem: ConfigProblem): void;
  /** Aborted when the time limit of a remote source has passed. */
  readonly signal?: AbortSignal;
}

/** A source of configuration: a file, the environment, a remote store. Later sources override earlier ones. */
export abstract class ConfigSource {
  /** Shown in messages. */
  abstract readonly name: string;

  /** Whether an app cannot start without it. @default true */
  readonly needed: boolean = true;

  /** Reads the whole source; a missing source is an empty tree. A rejection is reported as a problem. */
  abstract load(context: SourceContext): Promise<Branch>;

  /**
   * Calls `changed` whenever the source has changed. A remote source without `watch` is polled every 750 ms.
   *
   * @returns a function that stops the watch
   */
  watch?(changed: () => void): () => void;
}
