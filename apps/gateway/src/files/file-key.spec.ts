import { describe, expect, it } from '@jest/globals';
import { newFileKey } from './file-key.js';

const now = new Date('2026-03-09T10:00:00Z');
const ID = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

describe('the key of a new file', () => {
  it.each([
    { name: 'photo.PNG', extension: '\\.png' },
    { name: 'archive.tar.gz', extension: '\\.gz' },
    { name: '../../etc/passwd', extension: '' },
    { name: 'x.p"h\np', extension: '' },
    { name: '', extension: '' },
  ])('keeps only a harmless extension of the name $name', ({ name, extension }) => {
    expect(newFileKey('uploads/', name, now)).toMatch(new RegExp(`^uploads/2026/03/${ID}${extension}$`));
  });

  it('is unique and begins with the time', () => {
    const [first, second] = [newFileKey('', '', now), newFileKey('', '', new Date(now.getTime() + 1))];
    expect(first).not.toBe(newFileKey('', '', now));
    expect(second > first).toBe(true);
  });
});
