/**
 * The common interface of zod, valibot, arktype and other schema libraries.
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
  /** The total number of issues, when the list omits some. Only `contractSchema` sets it. */
  readonly issueCount?: number;
}

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** The code of the issue, from zod. */
  readonly code?: string;
  /** The unknown keys of an `unrecognized_keys` issue, from zod. */
  readonly keys?: readonly string[];
}
