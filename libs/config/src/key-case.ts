/** `maxFileSize` → `max_file_size`: the key as it stands in files and variables. */
export function toSnake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
