const ID = /^[1-9]\d{0,15}$/;

/** Where a list goes on: before this comment. */
export function toCursor(id: number): string {
  return Buffer.from(String(id)).toString('base64url');
}

/** Undefined when `toCursor` has not made it. */
export function fromCursor(cursor: string): number | undefined {
  const text = Buffer.from(cursor, 'base64url').toString();
  const id = Number(text);
  return ID.test(text) && Number.isSafeInteger(id) && toCursor(id) === cursor ? id : undefined;
}
