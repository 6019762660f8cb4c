import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigDefinition } from '@app/config';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { z } from 'zod';

/** Durations that may be longer because no timer waits for them, with their maximum. */
const MERE_DATA: Record<string, string> = {
  'books.cacheStale': '365d',
  'books.cacheTtl': '365d',
  'counters.coldAfter': '3650d',
  'counters.idempotencyRetention': '3650d',
  'dead_letters.auditRetention': '3650d',
  'dead_letters.retention': '3650d',
  'files.sweepGrace': '3650d',
  'logging.file.interval': '3650d',
  'messages.retention': '3650d',
  'messaging.inboxRetention': '3650d',
  'scheduling.catchUpWindow': '3650d',
};
/** Durations with a lower maximum, because code extends them or a protocol has few bits for them. */
const SHORTER: Record<string, string> = {
  'grpc.maxConnectionAge': '21d',
  'lifecycle.checkInterval': '1m',
  'logging.repeatedLines.period': '1d',
  'rabbitmq.heartbeat': '18h',
  'rabbitmq.reconnectDelay': '1h',
  'rabbitmq.reconnectMaxDelay': '1h',
  'resilience.policies.*.breaker.window': '1h',
};

type Schema = z.core.$ZodTypes;
type Definition = Schema['_zod']['def'];

/** Every duration below a schema: its key and its own schema. */
function durationsIn(schema: z.core.$ZodType, path: string): [string, z.ZodType][] {
  const definition = schema._zod.def as Definition;
  if (definition.type === 'object')
    return Object.entries(definition.shape).flatMap(([key, child]) => durationsIn(child, `${path}.${key}`));
  if (definition.type === 'record') return durationsIn(definition.valueType, `${path}.*`);
  if ('innerType' in definition && definition.innerType) return durationsIn(definition.innerType, path);
  const readsAsDuration = (text: string, milliseconds: number) =>
    (schema as z.ZodType).safeParse(text).data === milliseconds;
  if (readsAsDuration('1h', 3_600_000) || readsAsDuration('1m', 60_000)) return [[path, schema as z.ZodType]];
  return definition.type === 'pipe' ? durationsIn(definition.in, path) : [];
}

function sectionOf(path: string): string {
  return path.replace(/\..*$/, '');
}

describe('the durations of the configuration', () => {
  const durations = new Map<string, z.ZodType>();

  beforeAll(async () => {
    for (const file of globSync('{libs,apps}/*/src/**/*.config.ts')) {
      const exported = (await import(resolve(file))) as Record<string, unknown>;
      for (const definition of Object.values(exported))
        if (definition instanceof ConfigDefinition)
          for (const [path, schema] of durationsIn(definition.schema, definition.section))
            durations.set(path, schema);
    }
  });

  it('are found by this spec, and include every exception', () => {
    expect(durations.size).toBeGreaterThan(50);
    const sections = new Set([...durations.keys()].map(sectionOf));
    // A removed slice no longer has a section.
    const exceptions = Object.keys({ ...MERE_DATA, ...SHORTER }).filter((path) =>
      sections.has(sectionOf(path)),
    );
    expect([...durations.keys()]).toEqual(expect.arrayContaining(exceptions));
  });

  it('do not exceed the longest timer when a timer waits for them', () => {
    const tooLong = ['30d', '25d', '2147483648ms', '99999999999d'];
    const taken = [...durations].filter(([path]) => !(path in MERE_DATA));
    for (const [path, schema] of taken)
      expect([path, ...tooLong.filter((text) => schema.safeParse(text).success)]).toEqual([path]);
  });

  it('accept their documented maximum, and no more', () => {
    for (const [path, schema] of durations) {
      const longest = MERE_DATA[path] ?? SHORTER[path] ?? '24d';
      expect([path, schema.safeParse(longest).success]).toEqual([path, true]);
      const beyond = longest.replace(/\d+/, (amount) => `${Number(amount) + 1}`);
      expect([path, schema.safeParse(beyond).success]).toEqual([path, false]);
    }
  });
});
