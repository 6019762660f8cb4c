/** The authenticated caller. */
export interface Principal {
  /** User id, key id or service name. */
  readonly id: string;
  readonly roles: readonly string[];
}
