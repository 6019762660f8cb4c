import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bodyCases } from './body.cases.ts';
import { fieldCases } from './field.cases.ts';
import { methodCases } from './method.cases.ts';
import { pathCases } from './path.cases.ts';
import { markedLines } from './refusal-case.ts';
import { WrongProtos } from './wrong-protos.ts';

const cases = [...pathCases, ...bodyCases, ...methodCases, ...fieldCases];

describe('the generator refuses', () => {
  let protos: WrongProtos;

  beforeAll(() => {
    protos = new WrongProtos(cases);
  });

  afterAll(() => protos.remove());

  it.each(cases.map((each) => [each.what, each] as const))('%s', (_what, wrong) => {
    const message = protos.refusalOf(wrong) ?? '(accepted)';
    const [, file, line] = /^(\S+):(\d+): /.exec(message) ?? [];
    expect(message).toMatch(/^\S+:\d+: ganymede\.wrong\.\S+: .+\.$/s);
    expect([file, markedLines(protos.textOf(wrong))]).toEqual([
      protos.nameOf(wrong),
      expect.arrayContaining([Number(line)]),
    ]);
    for (const part of wrong.says) expect(message).toContain(part);
  });
});
