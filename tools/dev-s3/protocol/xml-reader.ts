import { S3Error } from './s3.error.ts';

/** An element with its text and its child elements. */
export interface XmlElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** A prolog or comment, a tag (with the slashes around its name), or text. */
const TOKEN = /<\?.*?\?>|<!--.*?-->|<(\/?)(?:\w+:)?([\w.-]+)(?:\s[^<>]*?)?(\/?)>|([^<]+)/gsy;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return ENTITIES[name as string] ?? whole;
    const point = hex ? parseInt(hex as string, 16) : Number(decimal);
    if (point > 0x10ffff) throw malformed();
    return String.fromCodePoint(point);
  });
}

const malformed = (): S3Error => new S3Error('MalformedXML', 'The XML of the request is not well-formed.');

/**
 * Reads the small documents of S3's requests: elements, text and the five entities. It drops attributes and
 * prefixes, and rejects everything else, such as a DOCTYPE.
 *
 * @throws S3Error MalformedXML
 */
export function readXml(text: string): XmlElement {
  const top: XmlElement = { name: '', text: '', children: [] };
  const open = [top];
  let read = 0;
  for (const [token, slash, name, empty, characters] of text.matchAll(TOKEN)) {
    read += token.length;
    const parent = open.at(-1) ?? top;
    if (characters !== undefined) parent.text += unescape(characters);
    if (name === undefined) continue;
    if (slash) {
      if (parent === top || parent.name !== name) throw malformed();
      open.pop();
      continue;
    }
    const element: XmlElement = { name, text: '', children: [] };
    parent.children.push(element);
    if (!empty) open.push(element);
  }
  const [root] = top.children;
  if (read < text.length || open.length > 1 || !root || top.children.length > 1) throw malformed();
  return root;
}

/** The text of a child, if there is one. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text.trim();
}
