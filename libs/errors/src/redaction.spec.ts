import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { AppError } from './app.error.js';
import { describeError, maskSecrets } from './describe-error.js';
import { isSecretName, MASK, maskText } from './redaction.js';
import { Status } from './status.js';

describe('a name', () => {
  it.each(['password', 'adminToken', 'x-api-key', 'set_cookie', 'AUTHORIZATION', 'dbPasswd', 'clientSecret'])(
    'is secret: %s',
    (name) => expect(isSecretName(name)).toBe(true),
  );

  it.each(['path', 'next_cursor', 'tokens_left', 'idempotency_key', 'passwordless', 'secretary_id'])(
    'is harmless: %s',
    (name) => expect(isSecretName(name)).toBe(false),
  );
});

describe('a text', () => {
  it.each([
    'cannot reach postgres://me:hunter2@db:5432/x',
    'amqp://me:hun@ter2@broker, amqp://me:hunter2@other',
    'redis://:hunter2@cache',
    'host=db user=me password=hunter2 dbname=x',
    'GET /files?X-Amz-Signature=hunter2&a=b',
    'the body was {"user":"me","password":"hunter2"}',
    'the body was "{\\"user\\":\\"me\\",\\"api_key\\":\\"hunter2\\"}"',
    'authorization: Bearer hunter2.hunter2',
  ])('is shown without its secret: %s', (text) => {
    const masked = maskText(text);
    expect(masked).toContain(MASK);
    expect(masked).not.toContain('ter2');
  });

  it.each([
    'the password is too short',
    'password: must have 8 characters',
    'see https://example.org/a@b for the token',
    'http://localhost:8080/path',
    'a Basic plan',
  ])('stays as it is without a secret: %s', (text) => {
    expect(maskText(text)).toBe(text);
  });
});

describe('a value', () => {
  it('is shown without secrets: in fields with secret names at any depth, in lists and in texts', () => {
    const value = {
      user: { name: 'me', password: 'hunter2', keys: [{ apiKey: 'hunter2', id: 1 }] },
      token: { value: 'hunter2' },
      note: 'postgres://me:hunter2@db',
      hasPassword: true,
    };
    expect(maskSecrets(value)).toEqual({
      user: { name: 'me', password: MASK, keys: [{ apiKey: MASK, id: 1 }] },
      token: MASK,
      note: `postgres://me:${MASK}@db`,
      hasPassword: true,
    });
  });

  it('may contain itself, and may be deeper than the limit', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = circle;
    expect(maskSecrets(circle)).toEqual({ name: 'circle', self: '[circular]' });
    let deep: unknown = { password: 'hunter2' };
    for (let level = 0; level < 50; level++) deep = { deep };
    expect(JSON.stringify(maskSecrets(deep))).not.toContain('hunter2');
  });

  it('is shown as its own toJSON; dates stay dates, and bytes are counted', () => {
    const date = new Date();
    class Login {
      password = 'hunter2';
    }
    const printing = { toJSON: () => ({ token: 'hunter2', id: 1 }) };
    expect(maskSecrets({ date, login: new Login(), printing, body: Buffer.from('hunter2') })).toEqual({
      date,
      login: { password: MASK },
      printing: { token: MASK, id: 1 },
      body: '[7 bytes]',
    });
  });

  it('may hold an error, which is described', () => {
    expect(maskSecrets({ first: new Error('redis://:hunter2@cache') })).toMatchObject({
      first: { type: 'Error', message: `redis://:${MASK}@cache` },
    });
  });
});

describe('an error of ours', () => {
  const driver = Object.assign(new Error('Key (email)=(a@b) exists at postgres://me:hunter2@db'), {
    code: '23505',
    table: 'users',
    query: 'INSERT INTO users VALUES ($1, $2)',
    parameters: ['a@b', 'hunter2'],
    detail: 'Key (password)=(hunter2) already exists.',
    client: { config: { password: 'hunter2' } },
  });
  const error = new AppError({
    reason: 'SAMPLE',
    status: Status.INTERNAL,
    message: 'Nobody answered at redis://:hunter2@cache.',
    details: { user: 'me', login: { password: 'hunter2' }, url: 'amqp://me:hunter2@broker' },
    cause: new Error('insert failed', { cause: driver }),
  });

  it.each([
    ['String', () => String(error)],
    ['JSON', () => JSON.stringify({ error })],
    ['util.inspect', () => inspect({ error }, { depth: 20, showHidden: true })],
    ['util.inspect without hooks', () => inspect(error.details, { customInspect: false, depth: 20 })],
    ['the stack', () => String(error.stack)],
    ['its description', () => JSON.stringify(describeError(error))],
  ])('shows no secret by %s, neither its own nor one of its causes', (_by, print) => {
    expect(print()).not.toContain('hunter2');
  });

  it('is described with its reason, its stack and the codes of every cause', () => {
    expect(describeError(error)).toMatchObject({
      type: 'AppError',
      reason: 'SAMPLE',
      status: 500,
      details: { user: 'me', login: { password: MASK } },
      cause: {
        message: 'insert failed',
        cause: {
          code: '23505',
          table: 'users',
          query: 'INSERT INTO users VALUES ($1, $2)',
          parameters: MASK,
        },
      },
    });
    expect(inspect(error)).toMatch(/AppError: Nobody answered.*\n\s+at .*redaction\.spec[\s\S]*23505/);
  });

  it('is serialised without stack and causes', () => {
    expect(Object.keys(error.toJSON()).sort()).toEqual(['details', 'message', 'name', 'reason', 'status']);
  });
});

describe('an error of others', () => {
  it('is described with each error of an AggregateError', () => {
    const gathered = new AggregateError([new Error('one'), 'two'], 'both failed');
    expect(describeError(gathered)).toMatchObject({ errors: [{ message: 'one' }, { message: 'two' }] });
  });

  it('is described with a limited number of causes', () => {
    const circular = new Error('round');
    circular.cause = circular;
    expect(JSON.stringify(describeError(circular)).length).toBeLessThan(100_000);
  });

  it.each([['a text'], [undefined], [{ password: 'hunter2', code: 1 }]])(
    'may be a value that is not an error: %p',
    (thrown) => {
      const described = JSON.stringify(describeError(thrown));
      expect(described).toContain(typeof thrown);
      expect(described).not.toContain('hunter2');
    },
  );
});
