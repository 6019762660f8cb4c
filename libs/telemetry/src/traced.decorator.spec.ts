import { Injectable, SetMetadata } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { NoSpans, type SpanOptions } from './spans.js';
import { Traced, tracedMethods } from './traced.decorator.js';

@Injectable()
class Prices {
  private readonly discount = 1;

  @Traced()
  @SetMetadata('roles', ['admin'])
  async price(amount: number): Promise<number> {
    return (await this.look(amount)) - this.discount;
  }

  @Traced('look up a price', { kind: 'client' })
  async look(amount: number): Promise<number> {
    return amount * 10;
  }

  async plain(): Promise<number> {
    return 1;
  }
}

class NamedSpans extends NoSpans {
  override readonly enabled = true as never;
  readonly seen: [string, SpanOptions][] = [];

  override run<T>(name: string, options: SpanOptions, work: () => T): T {
    this.seen.push([name, options]);
    return work();
  }
}

describe('a traced method', () => {
  const given = () => {
    const spans = new NamedSpans();
    const prices = new Prices();
    expect(tracedMethods(spans)(prices)).toBe(prices);
    return { spans, prices };
  };

  it('has a span for each call, also for one of its own class', async () => {
    const { spans, prices } = given();
    expect(await prices.price(2)).toBe(19);
    expect(spans.seen).toEqual([
      ['Prices.price', {}],
      ['look up a price', { kind: 'client' }],
    ]);
  });

  it('is the only one with spans in its class', async () => {
    const { spans, prices } = given();
    await prices.plain();
    expect(spans.seen).toEqual([]);
  });

  it('records into the spans of its own app', async () => {
    const [one, other] = [given(), given()];
    await one.prices.look(1);
    expect([one.spans.seen.length, other.spans.seen.length]).toEqual([1, 0]);
  });

  it('works without spans when traces are off, and keeps its metadata', async () => {
    const prices = new Prices();
    expect(await prices.price(2)).toBe(19);
    expect(Reflect.getMetadata('roles', Reflect.get(prices, 'price') as object)).toEqual(['admin']);
  });
});
