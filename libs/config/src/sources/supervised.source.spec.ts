import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { defineConfig } from '../config.definition.js';
import { loadConfig } from '../config.loader.js';
import { ConfigReloader } from '../config.reloader.js';
import { configFiles, type LoadConfigOptions } from '../config.sources.js';
import type { ConfigStore } from '../config.store.js';
import { type Branch, treeOf } from '../config.tree.js';
import { ConfigWatch } from '../config.watch.js';
import { ConfigSource, type SourceContext } from './config-source.js';
import { SupervisedSource } from './supervised.source.js';

const mail = defineConfig('mail', {
  schema: z.object({ limit: z.number().default(1), size: z.number().default(1) }),
  reloadable: ['limit', 'size'],
});

/** A remote store, which may be unavailable or may not answer. */
class RemoteStore extends ConfigSource {
  readonly name = 'the store';
  mood: 'well' | 'away' | 'silent' = 'well';
  says: Record<string, unknown> = {};
  wrong = false;
  signal: AbortSignal | undefined;

  constructor(override readonly needed: boolean) {
    super();
  }

  async load(context: SourceContext): Promise<Branch> {
    this.signal = context.signal;
    if (this.mood === 'away') throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
    if (this.mood === 'silent') return new Promise(() => undefined);
    if (this.wrong)
      context.report({ path: 'mail.limit', found: 'two things', expected: 'one', origin: this.name });
    return treeOf(this.says, this.name);
  }
}

describe('a remote source', () => {
  let directory: string;
  let remote: RemoteStore;
  let source: SupervisedSource;
  let store: ConfigStore;
  let watch: ConfigWatch | undefined;
  let heard: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'config-'));
    await writeFile(join(directory, 'default.yaml'), 'mail: {}\n');
    heard = [];
  });

  afterEach(async () => {
    watch?.stop();
    await rm(directory, { recursive: true });
  });

  function given({ needed }: { needed: boolean }): RemoteStore {
    remote = new RemoteStore(needed);
    source = new SupervisedSource(remote, { timeout: 100, interval: 20 });
    return remote;
  }

  async function start(): Promise<void> {
    const options: LoadConfigOptions = {
      app: 'worker',
      definitions: [mail],
      directory,
      environment: {},
      dotenv: join(directory, '.env'),
      sources: [source],
    };
    store = await loadConfig(options);
    source.observe({
      lost: (name) => heard.push(`${name} lost`),
      recovered: (name) => heard.push(`${name} recovered`),
    });
    const reloader = new ConfigReloader(options, store, {
      applied: (keys) => heard.push(`applied ${keys.join()}`),
      restartNeeded: () => undefined,
      refused: (error) => heard.push(`refused ${String(error)}`),
    });
    watch = new ConfigWatch({ files: () => configFiles(options), sources: [source], interval: 20 });
    reloader.follow(watch);
  }

  const current = () => store.handle(mail).current;

  it('is polled when it has no watch', async () => {
    given({ needed: true }).says = { mail: { limit: 5 } };
    await start();
    expect(current().limit).toBe(5);
    remote.says = { mail: { limit: 6 } };
    await eventually(() => expect(current().limit).toBe(6));
  });

  it.each(['away', 'silent'] as const)(
    'that is needed prevents the start when it is %s, and the error names it',
    async (mood) => {
      given({ needed: true }).mood = mood;
      const why = { away: /fetch failed \(ECONNREFUSED\)/, silent: /did not answer within 100 ms/ }[mood];
      await expect(start()).rejects.toThrow(/the store is not readable/);
      await expect(start()).rejects.toThrow(why);
      expect(remote.signal?.aborted).toBe(mood === 'silent');
    },
  );

  it('that is not needed is empty until it can be read', async () => {
    given({ needed: false }).mood = 'away';
    remote.says = { mail: { limit: 5 } };
    await start();
    expect(current().limit).toBe(1);
    expect(source.healthy).toBe(false);
    remote.mood = 'well';
    await eventually(() => expect(current().limit).toBe(5));
    expect(heard).toEqual(['the store lost', 'the store recovered', 'applied mail.limit']);
  });

  it.each(['away', 'silent'] as const)(
    'that is %s while the app runs is reported once, keeps its last values, and does not delay changes of files',
    async (mood) => {
      given({ needed: true }).says = { mail: { limit: 5 } };
      await start();
      remote.mood = mood;
      await eventually(() => expect(source.healthy).toBe(false));
      await writeFile(join(directory, 'local.yaml'), 'mail: { limit: 2, size: 3 }\n');
      await eventually(() => expect(current()).toEqual({ limit: 5, size: 3 }));
      remote.mood = 'well';
      remote.says = { mail: { limit: 6 } };
      await eventually(() => expect(current()).toEqual({ limit: 6, size: 3 }));
      expect(heard).toEqual([
        'the store lost',
        'applied mail.size',
        'the store recovered',
        'applied mail.limit',
      ]);
    },
  );

  it('has its invalid values rejected, also when another source changes meanwhile', async () => {
    given({ needed: true }).says = { mail: { limit: 5 } };
    await start();
    remote.wrong = true;
    await eventually(() => expect(heard).toHaveLength(1));
    await writeFile(join(directory, 'local.yaml'), 'mail: { size: 3 }\n');
    await eventually(() => expect(heard).toHaveLength(2));
    for (const line of heard) expect(line).toMatch(/refused .*mail\.limit is two things/s);
    expect(current()).toEqual({ limit: 5, size: 1 });
  });
});
