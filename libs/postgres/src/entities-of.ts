import type { EntityMetadata } from 'typeorm';

/** A row as `pg` returns it: values by the names of their columns. */
export type SqlRow = Readonly<Record<string, unknown>>;

type Column = EntityMetadata['columns'][number];

/** How the value of a column becomes a property. */
interface Mapping {
  readonly column: Column;
  readonly from: string;
  readonly to: string;
  /** @default the value as `pg` has parsed it */
  readonly convert?: ((value: unknown) => unknown) | undefined;
}

/**
 * Types whose values `pg` parses itself. For these the mapping skips TypeORM's driver, which compares each type
 * with all types that it supports.
 */
const PARSED = /^(text|varchar|uuid|boolean|bytea|jsonb?|smallint|integer|bigint|numeric|timestamptz)$/;

const mappings = new WeakMap<EntityMetadata, ReadonlyMap<string, Mapping>>();

/**
 * Maps the rows of SQL to entities. It omits columns that the entity does not select by default (`select: false`)
 * and columns without a property, so that `RETURNING *` returns no more than a find does.
 */
export function entitiesOf(metadata: EntityMetadata, rows: readonly SqlRow[]): unknown[] {
  const known = mappings.get(metadata) ?? remember(metadata);
  const returned = Object.keys(rows[0] ?? {}).flatMap((name) => known.get(name) ?? []);
  return rows.map((row) => {
    const entity = metadata.create() as Record<string, unknown>;
    for (const { column, from, to, convert } of returned) {
      const value = convert ? convert(row[from]) : row[from];
      if (column.embeddedMetadata) column.setEntityValue(entity, value);
      else entity[to] = value;
    }
    return entity;
  });
}

function remember(metadata: EntityMetadata): ReadonlyMap<string, Mapping> {
  const selected = metadata.columns.filter(({ isSelect }) => isSelect);
  const known = new Map(selected.map((column) => [column.databaseName, mappingOf(column)]));
  mappings.set(metadata, known);
  return known;
}

function mappingOf(column: Column): Mapping {
  const { databaseName: from, propertyName: to, transformer, type, entityMetadata } = column;
  const { driver } = entityMetadata.dataSource;
  if (!PARSED.test(String(type)) || Array.isArray(transformer))
    return { column, from, to, convert: (value) => driver.prepareHydratedValue(value, column) as unknown };
  return { column, from, to, convert: transformer && ((value) => transformer.from(value) as unknown) };
}
