import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  existsSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { followLink, linkOnce } from './open-folder.ts';

const idle = () => false;

describe('a link to data outside the checkout', () => {
  let home: string;
  const linkIn = (checkout: string) => join(home, checkout, 'postgres');
  const dataOf = (owner: string) => join(home, 'open', owner, 'postgres');

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'open é '));
    for (const owner of ['old', 'new']) mkdirSync(join(home, 'open', owner), { recursive: true });
    mkdirSync(dataOf('old'));
    writeFileSync(join(dataOf('old'), 'PG_VERSION'), '18');
    linkOnce(linkIn('old'), dataOf('old'));
  });

  afterEach(() => rmSync(home, { recursive: true }));

  it('of a moved checkout moves the data too', () => {
    renameSync(join(home, 'old'), join(home, 'new'));
    followLink(linkIn('new'), dataOf('new'), idle);
    expect(readFileSync(join(linkIn('new'), 'PG_VERSION'), 'utf8')).toBe('18');
    expect(existsSync(dataOf('old'))).toBe(false);
  });

  it('of a copied checkout points to a copy, and the original keeps its data', () => {
    cpSync(join(home, 'old'), join(home, 'new'), { recursive: true, verbatimSymlinks: true });
    followLink(linkIn('new'), dataOf('new'), idle);
    writeFileSync(join(linkIn('new'), 'PG_VERSION'), '19');
    expect(readFileSync(join(linkIn('old'), 'PG_VERSION'), 'utf8')).toBe('18');
  });

  it('is rejected while the original server uses the data', () => {
    cpSync(join(home, 'old'), join(home, 'new'), { recursive: true, verbatimSymlinks: true });
    expect(() => followLink(linkIn('new'), dataOf('new'), () => true)).toThrow('is in use by the checkout');
    expect(readlinkSync(linkIn('new'))).toBe(dataOf('old'));
  });

  it('is not changed when the user has created it', () => {
    const elsewhere = join(home, 'mine');
    mkdirSync(join(home, 'new'));
    symlinkSync(elsewhere, linkIn('new'));
    followLink(linkIn('new'), dataOf('new'), idle);
    expect(readlinkSync(linkIn('new'))).toBe(elsewhere);
  });
});
