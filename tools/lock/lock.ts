/** The parts of package-lock.json that matter here. */
export interface Lock {
  packages: Record<string, LockedPackage>;
}

export interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
  /** The hash of the tarball, which npm compares before it unpacks it. */
  integrity?: string;
  /** URL of the tarball; by default it is at the configured registry. */
  resolved?: string;
  /** Part of its parent's tarball. */
  inBundle?: boolean;
}
