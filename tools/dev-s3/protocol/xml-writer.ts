type Value = string | number | boolean | undefined | Element | readonly Element[];
interface Element {
  readonly [name: string]: Value;
}

/** Markup, and control characters, which a parser would change or refuse. */
// oxlint-disable-next-line no-control-regex
const SPECIAL = /[&<>"\u0000-\u001f\u007f]/g;

const escape = (text: string): string => text.replace(SPECIAL, (each) => `&#${each.charCodeAt(0)};`);

function element(name: string, value: Value): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return (value as readonly Element[]).map((each) => element(name, each)).join('');
  const content = typeof value === 'object' ? elements(value as Element) : escape(String(value));
  return `<${name}>${content}</${name}>`;
}

function elements(value: Element): string {
  return Object.entries(value)
    .map(([name, each]) => element(name, each))
    .join('');
}

/** Writes a document. An array repeats its element, `undefined` omits it. */
export function xml(root: string, content: Element): string {
  // S3's errors have no namespace.
  const namespace = root === 'Error' ? '' : ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${elements(content)}</${root}>`;
}
