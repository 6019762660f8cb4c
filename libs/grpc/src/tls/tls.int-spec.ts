import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { answer, EchoFixture, request } from '../../../../test/support/apps/echo-fixture.js';
import { CertificateFiles } from './certificate-files.js';

const openssl = (...args: string[]) => promisify(execFile)('openssl', args);

describe('calls over TLS', () => {
  let folder: string;
  let fixture: EchoFixture | undefined;
  const file = (name: string) => join(folder, name);

  /** A certificate for 127.0.0.1, signed by the authority of this name. */
  async function certificate(name: string, authority: string): Promise<void> {
    const [key, csr, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((end) => file(`${name}.${end}`));
    await writeFile(String(extensions), 'subjectAltName=IP:127.0.0.1,DNS:localhost');
    await openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      String(key),
      '-out',
      String(csr),
    );
    const signer = ['-CA', file(`${authority}.pem`), '-CAkey', file(`${authority}.key`), '-CAcreateserial'];
    await openssl(
      'x509',
      '-req',
      '-in',
      String(csr),
      ...signer,
      '-days',
      '2',
      '-extfile',
      String(extensions),
      '-out',
      String(cert),
    );
  }

  const authority = (name: string) =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.pem`),
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganymede-tls-'));
    await Promise.all([authority('ours'), authority('theirs')]);
    await Promise.all([
      certificate('server', 'ours'),
      certificate('client', 'ours'),
      certificate('unknown', 'theirs'),
    ]);
  });
  afterEach(async () => {
    await fixture?.close();
    fixture = undefined;
  });

  afterAll(() => rm(folder, { recursive: true }));

  const open = async (client: object) => {
    fixture = await EchoFixture.open({
      APP__GRPC__TLS: JSON.stringify({
        cert_file: file('server.pem'),
        key_file: file('server.key'),
        ca_file: file('ours.pem'),
        client_certificate: 'required',
      }),
      APP__UPSTREAMS__GRPC_SERVER__CONNECT_WAIT: '500ms',
      APP__UPSTREAMS__GRPC_SERVER__TLS: JSON.stringify({ ...client, server_name: 'localhost' }),
    });
    return fixture.client.echo(request('tea'));
  };

  it('are answered when both sides present a trusted certificate', async () => {
    const client = { ca_file: file('ours.pem'), cert_file: file('client.pem'), key_file: file('client.key') };
    expect(await open(client)).toEqual(answer('tea'));
  });

  it('are refused to a client that the server does not trust', async () => {
    const client = {
      ca_file: file('ours.pem'),
      cert_file: file('unknown.pem'),
      key_file: file('unknown.key'),
    };
    await expect(open(client)).rejects.toHaveReason('UPSTREAM_UNAVAILABLE');
  });

  it('are not sent to a server that the client does not trust', async () => {
    const client = {
      ca_file: file('theirs.pem'),
      cert_file: file('client.pem'),
      key_file: file('client.key'),
    };
    await expect(open(client)).rejects.toHaveReason('UPSTREAM_UNAVAILABLE');
  });

  it('fail to start with unusable files, and the message names them', () => {
    const read = () => new CertificateFiles({ certFile: file('server.pem'), keyFile: file('client.key') });
    expect(read).toThrow(/server\.pem.*client\.key/);
  });

  it('use a replaced certificate, but never an unusable one', async () => {
    const paths = { certFile: file('server.pem'), keyFile: file('server.key') };
    const files = new CertificateFiles(paths, 20);
    const seen: string[] = [];
    const inUse = new Promise<void>((resolve) => {
      files.addIdentityCertificateListener((update) => {
        seen.push(String(update?.certificate));
        if (seen.length === 2) resolve();
      });
    });
    const first = await readFile(paths.certFile, 'utf8');
    await certificate('next', 'ours');
    // In the middle of a rotation a reader sees the new certificate without its key.
    await rename(file('next.pem'), paths.certFile);
    await rename(file('next.key'), paths.keyFile);
    await inUse;
    files.close();
    expect(seen[0]).toBe(first);
    expect(seen).toHaveLength(2);
    expect(seen[1]).not.toBe(first);
  });
});
