import { describe, expect, it } from '@jest/globals';
import { unfitNode } from './require-node.js';

describe('the Node.js that runs an app', () => {
  it.each(['24.11.0', '24.12.1', '26.0.0'])('may be %s', (version) => {
    expect(unfitNode(version)).toBeUndefined();
  });

  it.each(['18.20.0', '20.20.2', '22.22.0', '24.10.9'])(
    'may not be %s, and is told how to get another',
    (version) => {
      expect(unfitNode(version)).toMatch(
        /needs Node\.js 24\.11 or newer; this is [\d.]+\.\n.*\n.*export PATH=/,
      );
    },
  );
});
