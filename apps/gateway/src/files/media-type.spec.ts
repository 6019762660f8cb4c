import { describe, expect, it } from '@jest/globals';
import { dispositionOf, toMediaType } from './media-type.js';

describe('the media type of an upload', () => {
  it.each([
    { claimed: 'Image/PNG', kept: 'image/png' },
    { claimed: 'text/html; charset=utf-8', kept: 'text/html' },
    { claimed: 'not a type', kept: 'application/octet-stream' },
    { claimed: 'text/plain\r\nx-evil: 1', kept: 'application/octet-stream' },
    { claimed: undefined, kept: 'application/octet-stream' },
  ])('is $kept for $claimed', ({ claimed, kept }) => {
    expect(toMediaType(claimed)).toBe(kept);
  });
});

describe('the disposition of a download', () => {
  it('lets a browser display harmless types and save types that could act in the name of this site', () => {
    expect(dispositionOf('2026/11/a.png', 'image/png')).toBe('inline; filename="a.png"');
    expect(dispositionOf('2026/11/a.svg', 'image/svg+xml')).toBe('attachment; filename="a.svg"');
    expect(dispositionOf('2026/11/a.html', 'text/html')).toBe('attachment; filename="a.html"');
  });

  it('replaces characters of a key that could end the header', () => {
    expect(dispositionOf('dir/a";x="\n', 'text/html')).toMatch(
      /^attachment; filename="a__x___"; filename\*=UTF-8''a_%3Bx%3D__$/,
    );
  });
});
