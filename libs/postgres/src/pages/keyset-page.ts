import { ValidationFailedError } from '@app/errors';
import type { CursorCodec } from './cursor.codec.js';

/** The part of a list that a client requests. @publicApi */
export interface PageRequest<Cursor = string> {
  limit: number;
  /** The `nextCursor` of the page before. @default the first page */
  cursor?: Cursor | undefined;
}

/** A part of a list, and the cursor of the next part; undefined on the last page. @publicApi */
export interface Page<Item, Cursor = string> {
  items: Item[];
  nextCursor: Cursor | undefined;
}

/** A list in the order of a unique key. @publicApi */
export interface KeysetList<Item, Key, Cursor> {
  codec: CursorCodec<Key, Cursor>;
  keyOf: (item: Item) => Key;
  /** Returns at most `limit` items after the key `after`, in the order of the key; from the beginning without it. */
  read: (limit: number, after: Key | undefined) => Promise<Item[]>;
}

/**
 * Reads a page by the key of its last item, not by an offset. A client that follows the cursors gets each row once,
 * even when rows are added meanwhile. A late page costs as much as an early one.
 *
 * @throws ValidationFailedError for a cursor that the codec did not write
 * @publicApi
 */
export async function keysetPage<Item, Key, Cursor>(
  { limit, cursor }: PageRequest<Cursor>,
  { codec, keyOf, read }: KeysetList<Item, Key, Cursor>,
): Promise<Page<Item, Cursor>> {
  const after = cursor === undefined ? undefined : codec.decode(cursor);
  if (cursor !== undefined && after === undefined)
    throw ValidationFailedError.of([{ path: 'cursor', message: 'is not a next_cursor of this list' }]);
  // One extra item shows whether there is a next page.
  const found = await read(limit + 1, after);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const hasMore = last !== undefined && found.length > limit;
  return { items, nextCursor: hasMore ? codec.encode(keyOf(last)) : undefined };
}
