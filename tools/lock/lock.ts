/** The parts of package-lock.json that matter here. */
export interface Lock {
  packages: Record<string, LockedPackage>;
}

export interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
  /** The hash of the tarball, which npm compares before it unpacks it. */
  integrity?: string;
  /** Where the tarball is; without it, at the registry that npm is configured for. */
  resolved?: string;
  /** Part of its parent's tarball. */
  inBundle?: boolean;
}
