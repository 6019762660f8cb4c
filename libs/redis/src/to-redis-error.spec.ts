import { describe, expect, it } from '@jest/globals';
import { RedisUnavailableError } from './redis.errors.js';
import { toRedisError } from './to-redis-error.js';

const named = (name: string, message: string) => Object.assign(new Error(message), { name });
const reply = (message: string) => named('ReplyError', message);
const in6 = (message: string) => `ERR Error running script (call to f_0a1b): @user_script:1: ${message}`;

/** The server answers but can serve no commands, or no writes. */
const OUTAGES = [
  "READONLY You can't write against a read only replica.",
  "READONLY You can't write against a read only replica. script: 6f9a, on @user_script:1.",
  in6("-READONLY You can't write against a read only replica."),
  "OOM command not allowed when used memory > 'maxmemory'.",
  in6("-OOM command not allowed when used memory > 'maxmemory'."),
  'LOADING Redis is loading the dataset in memory',
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  'NOREPLICAS Not enough good replicas to write.',
  'MISCONF Redis is configured to save RDB snapshots, but it is unable to persist to disk.',
  'CLUSTERDOWN The cluster is down',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'ERR max number of clients reached',
];

/** The server rejects our user. */
const REFUSALS = [
  'NOAUTH Authentication required.',
  'WRONGPASS invalid username-password pair or user is disabled.',
  "NOPERM User app has no permissions to run the 'set' command",
  'DENIED Redis is running in protected mode',
];

/** The command was invalid; others are served. */
const COMMANDS = [
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  'BUSYGROUP Consumer Group name already exists',
  'BUSYKEY Target key name already exists.',
  "ERR wrong number of arguments for 'set' command",
  'ERR value is not an integer or out of range',
  in6('WRONGTYPE Operation against a key holding the wrong kind of value'),
  'ERR user_script:1: Script attempted to access nonexistent global variable',
  'CROSSSLOT Keys in request do not hash to the same slot',
  'EXECABORT Transaction discarded because of previous errors.',
];

describe('a reply of Redis', () => {
  it.each(OUTAGES)('is an outage: %s', (message) => {
    const error = toRedisError(reply(message));
    expect(error).toBeInstanceOf(RedisUnavailableError);
    expect(error).toMatchObject({
      status: { http: 503 },
      retryable: true,
      retryAfterMs: 1000,
      logLevel: 'warn',
    });
  });

  it.each(REFUSALS)('is an outage that an operator has to fix: %s', (message) => {
    expect(toRedisError(reply(message))).toMatchObject({ status: { http: 503 }, logLevel: 'error' });
  });

  it.each(COMMANDS)('concerns only the command: %s', (message) => {
    const thrown = reply(message);
    expect(toRedisError(thrown)).toBe(thrown);
  });
});

describe('a failure without a reply', () => {
  it.each([
    "Stream isn't writeable and enableOfflineQueue options is false",
    "Cluster isn't ready and enableOfflineQueue options is false",
    'Failed to refresh slots cache.',
  ])('is an outage, and nothing was sent: %s', (message) => {
    const error = toRedisError(new Error(message));
    expect(error).toBeInstanceOf(RedisUnavailableError);
    expect(error).toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE', outcome: undefined });
  });

  it.each([
    'Connection is closed.',
    'Command timed out',
    'Socket timeout. Expecting data, but did not receive any in 300ms.',
    'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
    'Command aborted due to connection close',
    'no answer within 300 ms',
    'read ECONNRESET',
  ])('is an outage, and the command may have been executed: %s', (message) => {
    const error = toRedisError(new Error(message));
    expect(error).toBeInstanceOf(RedisUnavailableError);
    expect(error).toMatchObject({
      reason: 'OUTCOME_UNKNOWN',
      status: { http: 503 },
      outcome: 'unknown',
      details: { upstream: 'redis', outcome: 'unknown' },
    });
  });

  it('is a programming error when the driver was called incorrectly', () => {
    const thrown = new TypeError('Invalid argument type');
    expect(toRedisError(thrown)).toBe(thrown);
  });
});
