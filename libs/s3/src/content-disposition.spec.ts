import { describe, expect, it } from '@jest/globals';
import { contentDisposition } from './content-disposition.js';

describe('the disposition of a file', () => {
  it.each([
    ['uploads/2026/11/a.png', 'filename="a.png"'],
    ['a', 'filename="a"'],
    ['uploads/Müller ß.pdf', `filename="M_ller__.pdf"; filename*=UTF-8''M%C3%BCller%20%C3%9F.pdf`],
    ["uploads/it's (1)!.txt", `filename="it_s__1__.txt"; filename*=UTF-8''it%27s%20%281%29%21.txt`],
    ['uploads/\u{1f600}.png', `filename="__.png"; filename*=UTF-8''%F0%9F%98%80.png`],
  ])('names %s', (key, parameters) => {
    expect(contentDisposition('attachment', key)).toBe(`attachment; ${parameters}`);
    expect(contentDisposition('inline', key)).toBe(`inline; ${parameters}`);
  });

  it.each([
    ['a quote', 'dir/a"; x="'],
    ['a line break', 'dir/a\r\nx-evil: 1'],
    ['a backslash', 'dir/a\\"b'],
    ['an encoded slash', 'dir/..%2f..%2fa'],
    ['a text direction', 'dir/exe.\u202egnp'],
    ['half a character', 'dir/a\ud800'],
  ])('replaces %s in a name, which could end or disguise it', (_, key) => {
    const [, ascii, encoded = ''] =
      /^attachment; filename="([^"]*)"(?:; filename\*=UTF-8''(.*))?$/.exec(
        contentDisposition('attachment', key),
      ) ?? [];
    expect(ascii).toMatch(/^[A-Za-z0-9._-]+$/);
    expect(decodeURIComponent(encoded)).not.toMatch(/["\\/%\p{C}]/u);
  });
});
