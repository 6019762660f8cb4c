import { describe, expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TransactionHost } from './transaction.host.js';
import { Transactional } from './transactional.decorator.js';

const OPTIONS = { isolation: 'SERIALIZABLE', retries: 2 } as const;

@Injectable()
class Ledger {
  @Transactional(OPTIONS)
  enter(entry: string): Promise<string> {
    return Promise.resolve(entry);
  }
}

describe('a method with @Transactional(options)', () => {
  it('runs in the transaction host with these options', async () => {
    const run = jest.fn((work: () => unknown, _options: object) => work());
    const providers = [Ledger, { provide: TransactionHost, useValue: { run } }];
    const app = await Test.createTestingModule({ providers }).compile();
    await expect(app.get(Ledger).enter('a')).resolves.toBe('a');
    expect(run).toHaveBeenCalledWith(expect.any(Function), OPTIONS);
    await app.close();
  });
});
