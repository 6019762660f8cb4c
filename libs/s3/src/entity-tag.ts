/**
 * Whether one of the tags of an `If-None-Match` header is the file's, compared weakly.
 *
 * @see RFC 9110, sections 8.8.3.2 and 13.1.2
 */
export function matchesEntityTag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
