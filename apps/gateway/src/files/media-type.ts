import { contentDisposition } from '@app/s3';

const FORM = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;
const UNKNOWN = 'application/octet-stream';
const MAX_LENGTH = 127;

/** Types that a browser may display; any other, above all HTML and SVG, could act in the name of this site. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif)|(audio|video)\/[a-z0-9.+-]+|application\/pdf|text\/plain)$/;

/** Returns the client's media type without parameters when it is well-formed, else that of unknown bytes. */
export function toMediaType(claimed: string | undefined): string {
  const type = claimed?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type.length <= MAX_LENGTH && FORM.test(type) ? type : UNKNOWN;
}

/** Writes a `Content-Disposition` that lets a browser display harmless types and save the rest. */
export function dispositionOf(key: string, mediaType: string): string {
  return contentDisposition(SHOWN.test(mediaType) ? 'inline' : 'attachment', key);
}
