import { describe, expect, it } from '@jest/globals';
import { unfitNode } from './require-node.js';

describe('the Node.js that runs an app', () => {
  it.each(['24.11.0', '24.12.1', '26.0.0'])('is accepted as %s', (version) => {
    expect(unfitNode(version)).toBeUndefined();
  });

  it.each(['18.20.0', '20.20.2', '22.22.0', '24.10.9'])(
    'is rejected as %s, with instructions to get a supported one',
    (version) => {
      expect(unfitNode(version)).toMatch(
        /needs Node\.js 24\.11 or newer; this is [\d.]+\.\n.*\n.*export PATH=/,
      );
    },
  );
});
