const REFUSED = /^q=0(\.0*)?$/;

/**
 * Whether the header `Accept` names a media type. Wildcards do not count, and the weight 0 refuses the type.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function accepts(header: string | undefined, mediaType: string): boolean {
  return header?.split(',').some((range) => isAccepted(range, mediaType)) ?? false;
}

function isAccepted(range: string, mediaType: string): boolean {
  const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  return type === mediaType && !parameters.some((parameter) => REFUSED.test(parameter));
}
