import { Controller, Injectable, SetMetadata } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { providerSpans } from './provider-spans.js';
import { NoSpans, type SpanOptions } from './spans.js';

@Injectable()
class Orders {
  private readonly secret = 1;
  sum = 0;

  async place(amount: number): Promise<number> {
    await this.store(amount);
    return this.sum + this.secret;
  }

  @SetMetadata('roles', ['admin'])
  async store(amount: number): Promise<void> {
    this.sum += amount;
  }

  total(): number {
    return this.sum;
  }
}

@Controller()
class OrdersController {}

class Plain {}

class NamedSpans extends NoSpans {
  override readonly enabled = true as never;
  readonly names: string[] = [];

  override run<T>(name: string, _options: SpanOptions, work: () => T): T {
    this.names.push(name);
    return work();
  }
}

describe('an instrumented provider', () => {
  it('has a span for each outside call that returns a promise, and none for calls on itself', async () => {
    const { spans, orders } = given();
    expect(await orders.place(2)).toBe(3);
    expect(spans.names).toEqual(['Orders.place']);
  });

  it('has no spans for methods that return no promise', () => {
    const { spans, orders } = given();
    for (let call = 0; call < 3; call++) expect(orders.total()).toBe(0);
    expect(spans.names).toEqual(['Orders.total']);
  });

  it('keeps its class, its fields and the metadata of its methods', () => {
    const { orders } = given();
    orders.sum = 5;
    expect([orders instanceof Orders, orders.constructor, orders.total()]).toEqual([true, Orders, 5]);
    expect(Reflect.getMetadata('roles', Reflect.get(orders, 'store'))).toEqual(['admin']);
    expect(Reflect.get(orders, 'place')).toBe(Reflect.get(orders, 'place'));
  });

  it('may be a controller, but not an object that Nest does not recognise by its class', () => {
    const { decorate } = given();
    const [controller, plain, list] = [new OrdersController(), new Plain(), [1]];
    expect(decorate(controller)).not.toBe(controller);
    expect([decorate(plain), decorate(list), decorate('text'), decorate(undefined)]).toEqual([
      plain,
      list,
      'text',
      undefined,
    ]);
    expect(decorate(plain)).toBe(plain);
  });
});

function given() {
  const spans = new NamedSpans();
  const decorate = providerSpans(spans);
  return { spans, decorate, orders: decorate(new Orders()) as Orders };
}
