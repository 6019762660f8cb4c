import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { credentials } from '../../stack/credentials.ts';
import { createS3Server } from '../server.ts';

/** A server with its own folder and a bucket, and clients of the AWS SDK with default settings. */
export class S3Fixture {
  readonly bucket = 'conformance';
  readonly endpoint: string;
  readonly client: S3Client;
  private readonly folder: string;
  private readonly server: Server;

  private constructor(folder: string, server: Server) {
    this.folder = folder;
    this.server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.client = this.clientOf();
  }

  static async start(): Promise<S3Fixture> {
    const folder = await mkdtemp(join(tmpdir(), 'ganymede-dev-s3-'));
    const server = await createS3Server(folder, credentials);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const fixture = new S3Fixture(folder, server);
    await fixture.client.send(new CreateBucketCommand({ Bucket: fixture.bucket }));
    return fixture;
  }

  clientOf(config: S3ClientConfig = {}): S3Client {
    const { accessKey, secretKey, region } = credentials;
    return new S3Client({
      endpoint: this.endpoint,
      region,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      ...config,
    });
  }

  /** An object that no other test uses. */
  at(Key: string = randomUUID()): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key };
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
