import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installFromRegistry } from './install-node.mjs';
import { nodePackage } from './node-package.mjs';

const NAME = 'node-of-nobody';
const VERSION = '26.10.0';
const hashOf = (content: Buffer | string): string =>
  `sha512-${createHash('sha512').update(content).digest('base64')}`;

/** A package whose `bin/node` is a text file. */
function packedNode(folder: string): Buffer {
  mkdirSync(join(folder, 'package', 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package', 'package.json'), JSON.stringify({ name: NAME, version: VERSION }));
  writeFileSync(join(folder, 'package', 'bin', 'node'), '#!/bin/sh\n');
  execFileSync('tar', ['-czf', 'node.tgz', 'package'], { cwd: folder });
  return readFileSync(join(folder, 'node.tgz'));
}

describe('the Node.js from the npm registry', () => {
  const environment = { ...process.env };
  let folder: string;
  let registry: Server;
  let tarball: Buffer;
  /** The hash of the tarball that the registry reports. */
  let claimed: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'registry-'));
    tarball = packedNode(folder);
    registry = createServer(({ url }, response) => {
      if (url?.endsWith('.tgz')) return void response.end(tarball);
      const { port } = registry.address() as AddressInfo;
      const dist = { tarball: `http://127.0.0.1:${port}/node.tgz`, integrity: claimed };
      const versions = { [VERSION]: { name: NAME, version: VERSION, dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: NAME, 'dist-tags': { latest: VERSION }, versions }));
    }).listen(0, '127.0.0.1');
    await once(registry, 'listening');
    const { port } = registry.address() as AddressInfo;
    process.env['npm_config_registry'] = `http://127.0.0.1:${port}/`;
  });

  afterAll(() => {
    for (const name of ['npm_config_registry', 'npm_config_cache'])
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    registry.close();
    rmSync(folder, { recursive: true });
  });

  /** Installs the package with an empty cache and an expected hash. */
  function install(integrity: string): { installed: Promise<string>; binary: string } {
    process.env['npm_config_cache'] = mkdtempSync(join(folder, 'cache-'));
    const workshop = mkdtempSync(join(folder, 'workshop-'));
    const installed = installFromRegistry({ name: NAME, version: VERSION, integrity }, workshop);
    return { installed, binary: join(workshop, 'node_modules', NAME, 'bin', 'node') };
  }

  it('is unpacked when its tarball has the hash that the clone expects', async () => {
    claimed = hashOf(tarball);
    const { installed, binary } = install(hashOf(tarball));
    expect(join(await installed, 'bin', 'node')).toBe(binary);
    expect(readFileSync(binary, 'utf8')).toBe('#!/bin/sh\n');
  });

  it('is not unpacked when its tarball has another hash, even if the registry reports that hash', async () => {
    claimed = hashOf(tarball);
    const { installed, binary } = install(hashOf('another'));
    await expect(installed).rejects.toThrow(
      /another hash than this clone expects\. It was not unpacked or run/,
    );
    await expect(installed).rejects.toThrow(hashOf('another'));
    expect(existsSync(binary)).toBe(false);
  });
});

describe('the package of the pinned Node.js', () => {
  const pinned = readFileSync('.nvmrc', 'utf8').trim();

  it.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'])(
    'has a hash for %s in the version of .nvmrc and of the image',
    (platform) => {
      expect(nodePackage(pinned, platform)).toMatchObject({
        version: pinned,
        integrity: expect.stringMatching(/^sha512-[A-Za-z0-9+/]{86}==$/),
      });
      expect(readFileSync('docker/Dockerfile', 'utf8')).toContain(`ARG NODE_IMAGE=node:${pinned}-`);
    },
  );

  it('is not downloaded when .nvmrc has a version without hashes', () => {
    expect(() => nodePackage('26.11.0', 'linux-x64')).toThrow(/nothing was downloaded/);
  });

  it('is not downloaded on a platform without a package', () => {
    expect(() => nodePackage(pinned, 'sunos-x64')).toThrow(/has none for sunos-x64.*\n.*by hand/);
  });
});
