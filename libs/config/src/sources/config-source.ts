import type { Branch } from '../config.tree.js';

/** What a source may know of the app that it is read for. */
export interface SourceContext {
  /** Known keys of every section as a tree of written names, to tell `x_file` from `x` + `_FILE`. */
  isKnownPath(path: readonly string[]): boolean;
}

/** A place that configuration comes from. Later sources win over earlier ones. */
export abstract class ConfigSource {
  /** For a person. */
  abstract readonly name: string;

  /** Reads the source whole; a source that is absent is an empty tree. */
  abstract load(context: SourceContext): Promise<Branch>;

  /** Calls `changed` whenever the source has something new. @returns how to stop that */
  watch?(changed: () => void): () => void;
}
