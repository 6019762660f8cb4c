import type { CallOptions, EchoResponse, EchoServiceClient, ValidEchoRequest } from '@app/contracts';
import { AppError } from '@app/errors';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/assertions/eventually.js';
import type { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import { EchoFixture, request } from '../../../test/support/apps/echo-fixture.js';

type Kind = 'echo' | 'expand' | 'collect' | 'converse';
const KINDS: Kind[] = ['echo', 'expand', 'collect', 'converse'];
const SERVICE = '/ganymede.testing.v1.EchoService/';
const METHODS: Record<Kind, string> = {
  echo: `${SERVICE}Echo`,
  expand: `${SERVICE}Expand`,
  collect: `${SERVICE}Collect`,
  converse: `${SERVICE}Converse`,
};

/** What a client sees: the responses, and the error of the call. */
interface Seen {
  keys: string[];
  reason: string;
  grpc?: number;
  details?: unknown;
  message?: string;
}

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

const open = () =>
  EchoFixture.open({
    APP__GRPC__STREAM_GRACE: '200ms',
    // No other server follows.
    APP__UPSTREAMS__GRPC_SERVER__CONNECT_WAIT: '0s',
    APP__RESILIENCE__POLICIES__GRPC_SERVER__ATTEMPT_TIMEOUT: '10s',
  });
const waiting = (fixture: EchoFixture) => eventually(() => expect(fixture.script.waiting).toBe(1));

/** The server's metrics of a method, by metric. */
function counts(page: MetricsPage, kind: Kind, code: string) {
  const method = METHODS[kind];
  return {
    started: page.sum('grpc_requests_started_total', { method }),
    ended: page.sum('grpc_requests_total', { method }),
    code: page.sum('grpc_requests_total', { method, code }),
    left: page.sum('grpc_requests_in_flight'),
  };
}

describe('a call', () => {
  let fixture: EchoFixture;
  beforeAll(async () => {
    fixture = await open();
  });
  afterAll(() => fixture.close());

  describe.each(KINDS)('of the kind %s', (kind) => {
    let before: MetricsPage;
    beforeEach(async () => {
      fixture.script.reset();
      before = await fixture.metrics();
    });

    const seen = (name: string, options?: CallOptions) => see(fixture.client, kind, name, options);

    /** Expects that the server counted one call under this code, and has no calls in flight. */
    async function served(code: string): Promise<void> {
      const { started, ended, code: same } = counts(before, kind, code);
      await eventually(async () =>
        expect(counts(await fixture.metrics(), kind, code)).toEqual({
          started: started + 1,
          ended: ended + 1,
          code: same + 1,
          left: 0,
        }),
      );
      const entered = kind === 'converse' || (kind === 'expand' && code !== 'INVALID_ARGUMENT');
      expect({ returned: fixture.script.returned, unhandled }).toEqual({
        returned: entered ? 1 : 0,
        unhandled: [],
      });
    }

    it('is answered', async () => {
      const { keys, reason } = await seen('tea');
      expect([reason, keys]).toEqual(['OK', kind === 'expand' ? ['first', 'tea'] : ['tea']]);
      expect(fixture.script.aborted).toEqual([]);
      await served('OK');
    });

    it('fails with the error that its handler threw', async () => {
      expect(await seen('refuse')).toMatchObject({
        keys: kind === 'expand' ? ['first'] : [],
        reason: 'OUT_OF_STOCK',
        grpc: 9,
        details: { left: 3 },
        message: 'Three are left. Order less.',
      });
      await served('FAILED_PRECONDITION');
    });

    it('fails as INTERNAL, without details, when its handler throws an unexpected error', async () => {
      const ending = await seen('break');
      expect(ending).toMatchObject({ reason: 'INTERNAL', grpc: 13 });
      expect(JSON.stringify(ending)).not.toContain('db-1');
      await served('INTERNAL');
    });

    it('is refused for an invalid message, with the broken rule', async () => {
      expect(await seen('TOO LOUD')).toMatchObject({
        reason: 'VALIDATION_FAILED',
        grpc: 3,
        details: { issues: [{ path: 'name' }] },
      });
      await served('INVALID_ARGUMENT');
    });

    it('is aborted on both sides when its deadline passes', async () => {
      const deadline = Date.now() + 300;
      const ending = await seen('wait', { deadline });
      expect(ending).toMatchObject({ reason: 'DEADLINE_EXCEEDED', grpc: 4 });
      // Only Echo is declared to have no side effects.
      expect(ending.details).toEqual(kind === 'echo' ? undefined : { outcome: 'unknown' });
      // A tenth is reserved for sending the response.
      expect(Date.now()).toBeGreaterThanOrEqual(deadline - 30 - 5);
      await eventually(() => expect(fixture.script.aborted).toHaveLength(1));
      // On a busy machine the client's own cancellation may arrive long before.
      const { reason = 'DEADLINE_EXCEEDED' } = fixture.script.aborted[0] as Partial<AppError>;
      await served(reason);
      expect(['DEADLINE_EXCEEDED', 'CANCELLED']).toContain(reason);
    });

    it('is aborted on both sides when its client cancels it', async () => {
      const caller = new AbortController();
      const ending = seen('wait', { signal: caller.signal });
      await waiting(fixture);
      caller.abort();
      expect(await ending).toMatchObject({ reason: 'CANCELLED', grpc: 1 });
      await served('CANCELLED');
      expect(fixture.script.aborted).toEqual([expect.objectContaining({ reason: 'CANCELLED' })]);
    });
  });
});

describe('while its server stops, a call', () => {
  let fixture: EchoFixture;
  beforeEach(async () => {
    fixture = await open();
  });
  afterEach(() => fixture.close());

  it.each(KINDS)('of the kind %s completes, and new ones are refused', async (kind) => {
    const ending = see(fixture.client, kind, 'wait');
    await waiting(fixture);
    const stopped = fixture.server.close();
    await eventually(async () =>
      expect((await see(fixture.client, kind, 'tea')).reason).toBe('SHUTTING_DOWN'),
    );
    fixture.script.finish();
    expect((await ending).reason).toBe('OK');
    await stopped;
    expect(unhandled).toEqual([]);
    expect(fixture.script.aborted).toEqual([]);
  });

  it.each(KINDS.slice(1))(
    'of the kind %s is ended after stream_grace, and reports that it may have taken effect',
    async (kind) => {
      const ending = see(fixture.client, kind, 'wait');
      await waiting(fixture);
      const stopped = fixture.server.close();
      expect(await ending).toMatchObject({
        reason: 'OUTCOME_UNKNOWN',
        grpc: 14,
        details: { outcome: 'unknown' },
      });
      await stopped;
      expect(unhandled).toEqual([]);
      await eventually(async () =>
        expect(counts(await fixture.metrics(), kind, 'UNAVAILABLE')).toEqual({
          started: 1,
          ended: 1,
          code: 1,
          left: 0,
        }),
      );
      expect(fixture.script.aborted).toEqual([expect.objectContaining({ reason: 'OUTCOME_UNKNOWN' })]);
    },
  );
});

async function see(
  client: EchoServiceClient,
  kind: Kind,
  name: string,
  options?: CallOptions,
): Promise<Seen> {
  const keys: string[] = [];
  try {
    for await (const response of answers(client, kind, name, options)) keys.push(keyOf(response));
    return { keys, reason: 'OK' };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const { reason, status, details, message } = thrown;
    return { keys, reason, grpc: status.grpc, details, message };
  }
}

async function* answers(
  client: EchoServiceClient,
  kind: Kind,
  name: string,
  options?: CallOptions,
): AsyncGenerator<EchoResponse> {
  if (kind === 'echo') yield await client.echo(request(name), options);
  else if (kind === 'expand') yield* client.expand(request(name), options);
  else if (kind === 'collect') yield await client.collect(requests(name), options);
  else yield* client.converse(requests(name), options);
}

async function* requests(name: string): AsyncGenerator<ValidEchoRequest> {
  yield request(name);
}

function keyOf({ outcome }: EchoResponse): string {
  return outcome?.$case === 'item' ? outcome.value.key : '';
}
