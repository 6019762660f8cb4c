import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { defineConfig } from './config.definition.js';
import { loadConfig } from './config.loader.js';
import { ConfigReloader, type ReloadObserver } from './config.reloader.js';
import { configFiles, type LoadConfigOptions } from './config.sources.js';
import type { ConfigStore } from './config.store.js';
import { type Branch, treeOf } from './config.tree.js';
import { ConfigWatch } from './config.watch.js';
import { ConfigSource } from './sources/config-source.js';
import { duration } from './units/duration.js';

const mail = defineConfig('mail', {
  schema: z.object({ timeout: duration().prefault('5s'), host: z.string().default('localhost') }),
  reloadable: ['timeout'],
});
const sms = defineConfig('sms', {
  schema: z
    .object({ limit: z.number().default(1), most: z.number().default(10) })
    .refine(({ limit, most }) => limit <= most, { error: 'at most `most`', path: ['limit'] }),
  reloadable: ['limit'],
});

class Heard implements ReloadObserver {
  readonly events: string[] = [];

  applied(keys: readonly string[]): void {
    this.events.push(`applied ${keys.join(', ')}`);
  }

  restartNeeded(keys: readonly string[]): void {
    this.events.push(`restart ${keys.join(', ')}`);
  }

  refused(error: unknown): void {
    this.events.push(`refused ${(error as Error).message}`);
  }
}

class InProcessSource extends ConfigSource {
  readonly name = 'remote';
  tree: Branch = {};
  private listener: (() => void) | undefined;

  async load(): Promise<Branch> {
    return this.tree;
  }

  override watch(changed: () => void): () => void {
    this.listener = changed;
    return () => (this.listener = undefined);
  }

  say(value: Record<string, unknown>): void {
    this.tree = treeOf(value, this.name);
    this.listener?.();
  }
}

describe('a configuration that changes while the app runs', () => {
  let directory: string;
  let store: ConfigStore;
  let heard: Heard;
  let watch: ConfigWatch;
  let options: LoadConfigOptions;
  const remote = new InProcessSource();

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'config-'));
    await given('default.yaml', 'mail: {}\nsms: {}\n');
    remote.tree = {};
    options = {
      app: 'worker',
      definitions: [mail, sms],
      directory,
      environment: { APP__MAIL__TIMEOUT_FILE: join(directory, 'timeout') },
      dotenv: join(directory, '.env'),
      sources: [remote],
    };
    await given('timeout', '5s');
    store = await loadConfig(options);
    heard = new Heard();
    watch = new ConfigWatch({ files: () => configFiles(options), sources: [remote], interval: 20 });
    new ConfigReloader(options, store, heard).follow(watch);
  });

  afterEach(async () => {
    watch.stop();
    await rm(directory, { recursive: true });
  });

  const given = (file: string, text: string) => writeFile(join(directory, file), text);
  const current = () => ({ ...store.handle(mail).current, ...store.handle(sms).current });
  const expectReports = (...events: (string | RegExp)[]) =>
    eventually(() => {
      expect(heard.events).toHaveLength(events.length);
      for (const [at, event] of events.entries()) expect(heard.events[at]).toMatch(event);
    });

  it('applies its new values and calls every listener', async () => {
    const heardTimeouts: number[] = [];
    store.handle(mail).changes.subscribe(({ timeout }) => heardTimeouts.push(timeout));
    await given('timeout', '7s');
    await expectReports('applied mail.timeout');
    expect(current()).toMatchObject({ timeout: 7000 });
    expect(heardTimeouts).toEqual([7000]);
  });

  it('changes every section before it calls a listener', async () => {
    const seen: number[] = [];
    store.handle(mail).changes.subscribe(() => seen.push(store.handle(sms).current.limit));
    remote.say({ mail: { timeout: '9s' }, sms: { limit: 2 } });
    await expectReports('applied mail.timeout, sms.limit');
    expect(seen).toEqual([2]);
  });

  it('is rejected as a whole when any part is invalid, and applied once it is corrected', async () => {
    await given('local.yaml', 'sms: { limit: 3 }\nmail: { host: 5 }\n');
    await expectReports(/^refused .*mail\.host is 5/s);
    expect(current()).toEqual({ timeout: 5000, host: 'localhost', limit: 1, most: 10 });
    await given('local.yaml', 'sms: { limit: 3 }\n');
    await expectReports(/^refused/, 'applied sms.limit');
    expect(current()).toMatchObject({ limit: 3 });
  });

  const sources: Record<string, () => Promise<void> | void> = {
    'a file': () => given('local.yaml', 'sms: { limit: three }\n'),
    '.env': () => given('.env', 'APP__SMS__LIMIT=three\n'),
    'a value in a file of its own': () => given('timeout', 'soon'),
    'a remote source': () => remote.say({ mail: { timeout: '7s' }, sms: { limit: 'three' } }),
  };

  it.each(Object.entries(sources))(
    'is rejected as a whole when %s has an invalid value',
    async (_, change) => {
      const seen: unknown[] = [];
      store.handle(mail).changes.subscribe((value) => seen.push(value));
      store.handle(sms).changes.subscribe((value) => seen.push(value));
      await change();
      await expectReports(/^refused .*(sms\.limit is "three"|mail\.timeout is "soon")/s);
      expect(current()).toMatchObject({ timeout: 5000, limit: 1 });
      expect(seen).toEqual([]);
    },
  );

  it('is rejected as a whole, before any section changes, when a check throws', async () => {
    const limits: number[] = [];
    store.handle(sms).changes.subscribe(({ limit }) => limits.push(limit));
    store.handle(mail).checks.subscribe(({ timeout }) => {
      if (timeout === 7000) throw new Error('seven is not for us');
    });
    remote.say({ mail: { timeout: '7s' }, sms: { limit: 2 } });
    await expectReports(/^refused .*seven is not for us/);
    expect(current()).toMatchObject({ timeout: 5000, limit: 1 });
    expect(limits).toEqual([]);
    remote.say({ mail: { timeout: '8s' }, sms: { limit: 2 } });
    await expectReports(/^refused/, 'applied mail.timeout, sms.limit');
    expect(limits).toEqual([2]);
  });

  it('is undone everywhere when a listener throws, and applied once it is corrected', async () => {
    const timeouts: number[] = [];
    const limits: number[] = [];
    store.handle(mail).changes.subscribe(({ timeout }) => timeouts.push(timeout));
    store.handle(sms).changes.subscribe(({ limit }) => {
      if (limit > 2) throw new Error('no room for three');
    });
    store.handle(sms).changes.subscribe(({ limit }) => limits.push(limit));
    remote.say({ mail: { timeout: '7s' }, sms: { limit: 3 } });
    await expectReports(/^refused .*cannot be put into effect: no room for three\. Correct the values/);
    expect(current()).toMatchObject({ timeout: 5000, limit: 1 });
    expect({ timeouts, limits }).toEqual({ timeouts: [7000, 5000], limits: [1] });
    remote.say({ mail: { timeout: '7s' }, sms: { limit: 2 } });
    await expectReports(/^refused/, 'applied mail.timeout, sms.limit');
    expect(current()).toMatchObject({ timeout: 7000, limit: 2 });
  });

  it('requests a restart when a listener can neither apply it nor return to the old value', async () => {
    store.handle(sms).changes.subscribe(() => {
      throw new Error('stuck');
    });
    remote.say({ sms: { limit: 3 } });
    await expectReports(/^refused .*restart the app/);
    expect(current()).toMatchObject({ limit: 1 });
  });

  it('is still watched, and the process goes on, when its files cannot be listed', async () => {
    watch.stop();
    let listed = true;
    const files = () => (listed ? configFiles(options) : Promise.reject(new Error('no .env')));
    watch = new ConfigWatch({ files, interval: 20 });
    new ConfigReloader(options, store, heard).follow(watch);
    await given('local.yaml', 'sms: { limit: 3 }\n');
    await expectReports('applied sms.limit');
    listed = false;
    await given('local.yaml', 'sms: { limit: 4 }\n');
    await expectReports('applied sms.limit', 'applied sms.limit');
    expect(current()).toMatchObject({ limit: 4 });
  });

  it('does not change a key that needs a restart, reports it once, and reports nothing when it is reverted', async () => {
    await given('local.yaml', 'mail: { host: other }\n');
    await expectReports('restart mail.host');
    expect(current()).toMatchObject({ host: 'localhost' });
    await given('local.yaml', 'mail: {}\n');
    remote.say({ sms: { limit: 4 } });
    await expectReports('restart mail.host', 'applied sms.limit');
  });

  it('does not apply a value that is valid only together with one that needs a restart', async () => {
    remote.say({ sms: { limit: 20, most: 30 } });
    await expectReports('restart sms.limit, sms.most');
    expect(current()).toMatchObject({ limit: 1, most: 10 });
    remote.say({ sms: { limit: 5, most: 30 } });
    await expectReports(/^restart/, 'applied sms.limit');
    expect(current()).toMatchObject({ limit: 5, most: 10 });
  });

  it('may lose a file, and falls back to its other sources', async () => {
    await given('local.yaml', 'sms: { limit: 3 }\n');
    await expectReports('applied sms.limit');
    await rm(join(directory, 'local.yaml'));
    await expectReports('applied sms.limit', 'applied sms.limit');
    expect(current()).toMatchObject({ limit: 1 });
  });

  it('is detected when Kubernetes swaps the folder behind a symbolic link', async () => {
    await mkdir(join(directory, '..one'));
    await given('..one/local.yaml', 'sms: { limit: 5 }\n');
    await symlink('..one', join(directory, '..data'));
    await symlink('..data/local.yaml', join(directory, 'local.yaml'));
    await expectReports('applied sms.limit');
    await mkdir(join(directory, '..two'));
    await given('..two/local.yaml', 'sms: { limit: 6 }\n');
    await symlink('..two', join(directory, '..data_tmp'));
    await rename(join(directory, '..data_tmp'), join(directory, '..data'));
    await expectReports('applied sms.limit', 'applied sms.limit');
    expect(current()).toMatchObject({ limit: 6 });
  });

  it('may come from a remote source, which has the highest priority', async () => {
    remote.say({ mail: { timeout: '1s' } });
    await expectReports('applied mail.timeout');
    await given('timeout', '8s');
    await given('local.yaml', 'sms: { limit: 9 }\n');
    await expectReports('applied mail.timeout', 'applied sms.limit');
    expect(current()).toMatchObject({ timeout: 1000, limit: 9 });
  });

  it('is not applied from a half-written file', async () => {
    await given('local.yaml', 'sms: { limit: 3 }\n');
    await expectReports('applied sms.limit');
    watch.stop();
    // Long enough that even a busy machine writes the rest in time.
    let looks = 0;
    const files = () => (looks++, configFiles(options));
    watch = new ConfigWatch({ files, sources: [remote], interval: 20, settle: 1_000 });
    await given('local.yaml', '');
    new ConfigReloader(options, store, heard).follow(watch);
    await eventually(() => expect(looks).toBeGreaterThan(0));
    await given('local.yaml', 'sms: { limit: 4 }\n');
    await expectReports('applied sms.limit', 'applied sms.limit');
    expect(current()).toMatchObject({ limit: 4 });
  });

  it('is no longer applied once the watch was stopped', async () => {
    await given('timeout', '6s');
    await expectReports('applied mail.timeout');
    watch.stop();
    remote.say({ sms: { limit: 7 } });
    await given('timeout', '8s');
    expect(await eventually(() => current())).toMatchObject({ timeout: 6000, limit: 1 });
  });
});

describe('what changed while the app was starting', () => {
  it('is in effect soon after', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'config-'));
    const file = join(directory, 'default.yaml');
    await writeFile(file, 'mail: { timeout: 1s }');
    const options = {
      app: 'worker',
      definitions: [mail],
      directory,
      environment: {},
      dotenv: join(directory, '.env'),
    };
    const store = await loadConfig(options);
    await writeFile(file, 'mail: { timeout: 2s }');
    const watch = new ConfigWatch({ files: () => configFiles(options), interval: 20 });
    new ConfigReloader(options, store, new Heard()).follow(watch);
    await eventually(() => expect(store.handle(mail).current.timeout).toBe(2000));
    watch.stop();
    await rm(directory, { recursive: true });
  });
});
