import { contentDisposition } from '@app/s3';

const FORM = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;
const UNKNOWN = 'application/octet-stream';
const LONGEST = 127;

/** What a browser may show by itself; anything else, HTML and SVG first, could act in the name of this site. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif)|(audio|video)\/[a-z0-9.+-]+|application\/pdf|text\/plain)$/;

/** The client's media type without its parameters when it has the form of one, else that of unknown bytes. */
export function toMediaType(claimed: string | undefined): string {
  const type = claimed?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type.length <= LONGEST && FORM.test(type) ? type : UNKNOWN;
}

/** A `Content-Disposition` that lets a browser show what is harmless and save the rest. */
export function dispositionOf(key: string, mediaType: string): string {
  return contentDisposition(SHOWN.test(mediaType) ? 'inline' : 'attachment', key);
}
