/**
 * What zod, valibot, arktype and others have in common.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

export type SchemaResult<Output> = { readonly value: Output; readonly issues?: undefined } | SchemaFailure;

export interface SchemaFailure {
  readonly issues: readonly SchemaIssue[];
  /** How many there are, when the list leaves some out; only our own schemas do. */
  readonly issueCount?: number;
}

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** With zod: what is wrong. */
  readonly code?: string;
  /** With zod, of `unrecognized_keys`: the names that no field has. */
  readonly keys?: readonly string[];
}
