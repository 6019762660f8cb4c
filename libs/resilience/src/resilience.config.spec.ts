import { describe, expect, it } from '@jest/globals';
import { resilienceConfig, settingsOf } from './resilience.config.js';

const read = (policies: object) => resilienceConfig.schema.parse({ policies });

describe('the settings of a policy', () => {
  it('are inherited from default, and from the built-in policy where default has none', () => {
    const config = read({
      default: { totalTimeout: '3s', retry: { maxAttempts: 2 } },
      worker: { attemptTimeout: '250ms', retry: { budget: 0.1 } },
    });
    expect(settingsOf(config, 'worker')).toMatchObject({
      totalTimeout: 3_000,
      attemptTimeout: 250,
      retry: { maxAttempts: 2, budget: 0.1, initialDelay: 50 },
      breaker: { failureRatio: 0.5 },
    });
  });

  it('are those of default for a name without configuration', () => {
    const config = read({ default: { totalTimeout: '3s' } });
    expect(settingsOf(config, 'grpc_server')).toBe(config.policies['default']);
  });

  it('exist without any configuration', () => {
    expect(settingsOf(resilienceConfig.schema.parse({}), 'default')).toMatchObject({
      totalTimeout: 10_000,
      retry: { maxAttempts: 3, budget: 0.2 },
    });
  });

  it('of health checks have neither breaker nor retry, unless their own configuration enables them', () => {
    const settings = { breaker: { enabled: false }, retry: { maxAttempts: 1 } };
    expect(settingsOf(resilienceConfig.schema.parse({}), 'health_checks')).toMatchObject(settings);
    const config = read({
      default: { breaker: { enabled: true }, retry: { maxAttempts: 5 } },
      health_checks: { attemptTimeout: '250ms' },
    });
    expect(settingsOf(config, 'health_checks')).toMatchObject({ ...settings, attemptTimeout: 250 });
    const own = read({ health_checks: { retry: { maxAttempts: 2 } } });
    expect(settingsOf(own, 'health_checks').retry.maxAttempts).toBe(2);
  });

  it.each([
    ['a failure ratio of 1, which nothing exceeds', { breaker: { failureRatio: 1 } }, /failureRatio/],
    ['no attempt at all', { retry: { maxAttempts: 0 } }, /maxAttempts/],
    ['a bulkhead without a place', { bulkhead: { maxConcurrent: 0 } }, /maxConcurrent/],
    ['a time-out without a unit', { totalTimeout: 5 }, /a duration with its unit/],
  ])('may not be %s', (_, policy, message) => {
    expect(() => read({ default: policy })).toThrow(message);
  });
});
