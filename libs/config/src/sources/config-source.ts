import type { ConfigProblem } from '../config.errors.js';
import type { Branch } from '../config.tree.js';

/** What a source may know of the app that it is read for, and whom it tells what is wrong. */
export interface SourceContext {
  /** Whether a section has such a key, in the names of the files: tells `x_file` from `x` + `_FILE`. */
  isKnownPath(path: readonly string[]): boolean;
  /** Adds to the list of everything that is wrong; the source goes on with what it could read. */
  report(problem: ConfigProblem): void;
  /** Aborted when a remote source has had its time. */
  readonly signal?: AbortSignal;
}

/** A place that configuration comes from: a file, the environment, a remote store. Later sources win over earlier ones. */
export abstract class ConfigSource {
  /** For a person. */
  abstract readonly name: string;

  /** Whether an app may not start without it. @default true */
  readonly needed: boolean = true;

  /** Reads the source whole; a source that is absent is an empty tree. A rejection is a problem like others. */
  abstract load(context: SourceContext): Promise<Branch>;

  /**
   * Calls `changed` whenever the source has something new. A remote source that has no `watch` is read again every
   * 750 ms.
   *
   * @returns how to stop that
   */
  watch?(changed: () => void): () => void;
}
