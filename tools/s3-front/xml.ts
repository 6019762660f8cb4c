type Value = string | number | boolean | Element | readonly Element[];
interface Element {
  readonly [name: string]: Value;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function element(name: string, value: Value): string {
  if (Array.isArray(value)) return (value as readonly Element[]).map((each) => element(name, each)).join('');
  if (typeof value === 'object') return `<${name}>${elements(value as Element)}</${name}>`;
  return `<${name}>${String(value).replace(/[&<>"]/g, (each) => entities[each] ?? each)}</${name}>`;
}

function elements(value: Element): string {
  return Object.entries(value)
    .map(([name, each]) => element(name, each))
    .join('');
}

/** A small document: an array repeats its element. */
export function xml(root: string, namespace: string, content: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">${elements(content)}</${root}>`;
}
