import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { nodeOptions } from './app-entry.ts';

describe('the options of Node.js for an app', () => {
  it('are those of its image', () => {
    const entrypoint = `ENTRYPOINT ${JSON.stringify(['node', ...nodeOptions, 'main.js']).replaceAll(',', ', ')}`;
    expect(readFileSync('docker/Dockerfile', 'utf8').split('\n')).toContain(entrypoint);
  });

  it('are those of nest start, which adds --enable-source-maps itself', () => {
    const options = nodeOptions.filter((option) => option !== '--enable-source-maps').join(' ');
    expect(readFileSync('tools/apps/nest-exec.sh', 'utf8')).toContain(`\nexec node ${options} "$@"\n`);
  });
});
