/** `maxFileSize` → `max_file_size`: how a person writes the key. */
export function toSnake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
