import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identify } from '../process/process-identity.ts';
import { type ServerRecord, ServerRecords } from './server-record.ts';

describe('the records of a stack', () => {
  let home: string;
  const at = (checkout: string) => new ServerRecords({ folder: join(home, checkout, '.stack', 'dev') });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'stack records é '));
    for (const kind of ['program', 'container', 'app'] as const) {
      at('original').write({ ...me(), name: kind, kind });
    }
  });

  afterEach(() => rmSync(home, { recursive: true }));

  it('of a copied checkout do not refer to processes or containers of the original', () => {
    cpSync(join(home, 'original'), join(home, 'copy'), { recursive: true, preserveTimestamps: true });
    expect(at('copy').all()).toEqual([]);
    expect(at('original').all()).toHaveLength(3);
  });

  it('stay valid when a checkout is moved while its servers run', () => {
    renameSync(join(home, 'original'), join(home, 'moved'));
    expect(at('moved').all()).toHaveLength(3);
    expect(at('moved').running('program')).toMatchObject({ pid: process.pid });
  });
});

function me(): ServerRecord {
  return {
    name: '',
    provider: '',
    kind: 'program',
    port: 1,
    url: '',
    stopSignal: 'SIGTERM',
    since: '',
    ...(identify(process.pid) ?? { pid: 0, startedAt: '' }),
  };
}
