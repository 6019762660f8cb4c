import { describe, expect, it } from '@jest/globals';
import { lifecycleConfig } from './lifecycle.config.js';

describe('the configuration of the lifecycle', () => {
  it('is reloadable, except the time limit of a start', () => {
    const reloadable: readonly string[] = lifecycleConfig.reloadable;
    const fixed = Object.keys(lifecycleConfig.schema.shape).filter((name) => !reloadable.includes(name));
    expect(fixed).toEqual(['startTimeout']);
  });
});
