const MAX_KEY = 60;
const MAX_PATH = 200;

/** Builds a path such as `message.items[3].name`. It is truncated when keys are long or many. */
export function pathOf(keys: readonly (string | number)[]): string {
  let path = '';
  for (const key of keys) {
    if (path.length > MAX_PATH) return `${path}…`;
    if (typeof key === 'number') path += `[${key}]`;
    else path += `${path === '' ? '' : '.'}${printable(key)}`;
  }
  return path;
}

function printable(key: string): string {
  if (key === '') return '""';
  const text = key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}…` : key;
  return text.replaceAll('\0', '\\u0000').toWellFormed();
}
