/** Characters that could end the parameter, leave a folder, or make a name look like another one. */
const UNSAFE = /["\\/:*?<>|%\p{C}]/gu;
const NOT_A_TOKEN = /[^A-Za-z0-9._-]/g;
const NOT_PLAIN = /[!'()*]/g;

/**
 * Writes a `Content-Disposition` with the last segment of a key as the file's name: in ASCII for every client, and
 * in UTF-8 for clients that read `filename*`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6266#section-4.3
 */
export function contentDisposition(type: 'attachment' | 'inline', key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1).replace(UNSAFE, '_');
  const ascii = name.replace(NOT_A_TOKEN, '_');
  const plain = `${type}; filename="${ascii}"`;
  return ascii === name ? plain : `${plain}; filename*=UTF-8''${encode(name)}`;
}

/** @see https://www.rfc-editor.org/rfc/rfc8187#section-3.2 */
function encode(name: string): string {
  const octet = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(name).replace(NOT_PLAIN, octet);
}
