/** Longer texts of clients are cut, in UTF-16 code units. */
const MAX_LENGTH = 256;
/** C0, DEL and C1: a terminal acts on them. */
const CONTROL = /\p{Cc}/gu;

/** A text of a client as a line may show it: of bounded length, and with its control characters as `\xNN`. */
export function boundedText(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return cut.replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
