import { type EchoResponse, EchoServiceDefinition, type ValidEchoRequest } from '@app/contracts';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { from, Observable } from 'rxjs';
import { answer, EchoController, EchoFixture, request } from '../../../test/support/apps/echo-fixture.js';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { FULL, LONG } from '../../../test/support/assertions/form.js';
import { GrpcService } from './grpc-service.decorator.js';

const KIB = 1024;
const MIB = KIB * KIB;
const MESSAGE = 64 * KIB;
/** What may be buffered between a writer and a stopped reader: windows, and the sixteen messages of grpc-js. */
const BETWEEN = 40;
/** Many more than that. */
const REQUESTS = FULL ? 500 : 120;
const PAYLOAD = 'x'.repeat(MESSAGE);

let made = 0;
let returned = 0;

function* messages(count: number): Generator<EchoResponse> {
  try {
    for (let index = 0; index < count; index++) {
      made += 1;
      yield answer(PAYLOAD);
    }
  } finally {
    returned += 1;
  }
}

class Passing implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

/** Streams messages of 64 KiB; the request's first item holds their number. */
@Controller()
@GrpcService(EchoServiceDefinition)
class Flood extends EchoController {
  override echo(single: ValidEchoRequest): Promise<EchoResponse> {
    return super.echo(single);
  }

  override async *expand({ items }: ValidEchoRequest): AsyncGenerator<EchoResponse> {
    yield* messages(items[0]?.count ?? 0);
  }

  override async collect(requests: AsyncIterable<ValidEchoRequest>): Promise<EchoResponse> {
    let count = 0;
    for await (const _ of requests) {
      count += 1;
      if (count === 1) await this.script.play('wait');
    }
    return answer(String(count));
  }

  @UseInterceptors(new Passing())
  override async *converse(requests: AsyncIterable<ValidEchoRequest>): AsyncGenerator<EchoResponse> {
    for await (const _ of requests) yield* messages(100_000);
  }
}

/** The same as an Observable, which emits everything at once. */
@Controller()
@GrpcService(EchoServiceDefinition)
class Push extends EchoController {
  override echo(single: ValidEchoRequest): Promise<EchoResponse> {
    return super.echo(single);
  }

  // Nest accepts an Observable from any handler; the generated type allows only an AsyncIterable.
  override expand({ items }: ValidEchoRequest): AsyncGenerator<EchoResponse> {
    return from(messages(items[0]?.count ?? 0)) as unknown as AsyncGenerator<EchoResponse>;
  }

  override collect(requests: AsyncIterable<ValidEchoRequest>): Promise<EchoResponse> {
    return super.collect(requests);
  }

  override converse(requests: AsyncIterable<ValidEchoRequest>): AsyncGenerator<EchoResponse> {
    return super.converse(requests);
  }
}

const requestOf = (count: number) => ({ ...request('flood'), items: [{ key: 'x', count }] });

async function stopped(): Promise<number> {
  let last = -1;
  await eventually(
    () => {
      const before = last;
      last = made;
      expect(last).toBe(before);
    },
    { every: 100 },
  );
  return last;
}

describe('a stream whose reader stops', () => {
  let fixture: EchoFixture;
  beforeAll(async () => {
    fixture = await EchoFixture.open({}, Flood);
  });
  afterAll(() => fixture.close());
  afterEach(() => {
    made = 0;
    returned = 0;
  });

  it.each(['expand', 'converse'] as const)(
    'makes its server wait (%s), which returns the iterator when the reader leaves',
    async (kind) => {
      const answers =
        kind === 'expand'
          ? fixture.client.expand(requestOf(100_000))
          : fixture.client.converse(from1(requestOf(1)));
      const iterator = answers[Symbol.asyncIterator]();
      for (let read = 1; read <= 5; read++) {
        await iterator.next();
        expect(await stopped()).toBeLessThan(read + BETWEEN);
      }
      // Other calls on the same connection do not wait.
      expect(await fixture.client.echo(request('tea'))).toEqual(answer('tea'));
      await iterator.return?.();
      await eventually(() => expect(returned).toBe(1));
    },
  );

  it('makes the client wait when the server is the reader', async () => {
    const source = async function* () {
      for (let index = 0; index < REQUESTS; index++) {
        made += 1;
        yield { ...request('flood', PAYLOAD) };
      }
    };
    const answered = fixture.client.collect(source());
    await eventually(() => expect(fixture.script.waiting).toBe(1));
    expect(await stopped()).toBeLessThan(BETWEEN);
    fixture.script.finish();
    expect(await answered).toEqual(answer(String(REQUESTS)));
  });

  it(`keeps the memory of both sides bounded over ${LONG ? 1024 : 64} MiB`, async () => {
    const count = ((LONG ? 1024 : 64) * MIB) / MESSAGE;
    const before = process.memoryUsage().rss;
    let most = 0;
    let read = 0;
    for await (const _ of fixture.client.expand(requestOf(count))) {
      read += 1;
      if (read % 100 === 0) most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(read).toBe(count);
    expect(most).toBeLessThan(160 * MIB);
  });
});

describe('an Observable whose reader is slow', () => {
  let fixture: EchoFixture;
  beforeAll(async () => {
    fixture = await EchoFixture.open({}, Push);
  });
  afterAll(() => fixture.close());

  it('is read to its end when it is small', async () => {
    let read = 0;
    for await (const _ of fixture.client.expand(requestOf(20))) read += 1;
    expect(read).toBe(20);
  });

  it('is unsubscribed, and its call ends, when its buffer is full', async () => {
    made = 0;
    const reading = (async () => {
      for await (const _ of fixture.client.expand(requestOf(100_000)));
    })();
    await expect(reading).rejects.toHaveReason('SLOW_READER');
    expect(made).toBeLessThan(300);
  });
});

async function* from1(message: ValidEchoRequest): AsyncGenerator<ValidEchoRequest> {
  yield message;
}
