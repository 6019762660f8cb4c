/** Longer texts of clients are truncated, in UTF-16 code units. */
const MAX_LENGTH = 256;
/** C0, DEL and C1: a terminal interprets them. */
const CONTROL = /\p{Cc}/gu;

/** Makes a client's text safe for a log line: truncated, with control characters as `\xNN`. */
export function boundedText(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return cut.replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
