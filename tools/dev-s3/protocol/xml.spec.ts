import { describe, expect, it } from '@jest/globals';
import { childText, readXml } from './xml-reader.ts';
import { xml } from './xml-writer.ts';

describe('a document of S3', () => {
  it.each([
    'a & b',
    '<key>',
    '"quoted" \'too\'',
    'line\r\nfeed\ttab',
    '\u0001',
    'ü 猫 🐈',
    '&amp;',
    ']]>',
    '',
  ])('preserves the text %j', (text) => {
    const document = readXml(xml('Delete', { Object: [{ Key: text }, { Key: 'second' }], Quiet: true }));
    const keys = document.children
      .filter(({ name }) => name === 'Object')
      .map((each) => each.children[0]?.text);
    expect(keys).toEqual([text, 'second']);
    expect(childText(document, 'Quiet')).toBe('true');
  });

  it('escapes characters that a parser changes or rejects', () => {
    expect(xml('Key', { A: '<\r\n\u0001>' })).toContain('<A>&#60;&#13;&#10;&#1;&#62;</A>');
  });

  it('may have a prolog, comments, prefixes, attributes and space', () => {
    const text =
      '<?xml version="1.0"?>\n<!-- a -->\n<s3:A xmlns:s3="x" b=\'c\'>\n <s3:B > d </s3:B><C/>\n</s3:A>\n';
    const document = readXml(text);
    expect([document.name, childText(document, 'B'), childText(document, 'C')]).toEqual(['A', 'd', '']);
  });

  it.each([
    '',
    'text',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a',
    '<a><b</a>',
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<a>&#x110000;</a>',
  ])('is not %j', (text) => {
    expect(() => readXml(text)).toThrow('well-formed');
  });
});
