import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { eventually } from '../assertions/eventually.js';
import { freePort } from '../network/free-port.js';
import { STARTS_WITHIN_MS } from '../apps/starts-within.js';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const BUCKET = 'ganymede';
/** The credentials of the stacks and `config/test.yaml`. */
const CREDENTIALS = { accessKeyId: 'ganymede', secretAccessKey: 'ganymede-secret' };

/** An S3 server with an empty bucket for one spec, which can break it and read its objects from outside the apps. */
export class ScratchS3 {
  readonly client: S3Client;
  private server: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {
    this.client = clientOf(`http://127.0.0.1:${port}`);
  }

  static async start(): Promise<ScratchS3> {
    const folder = await mkdtemp(join(tmpdir(), 'ganymede-s3-'));
    const scratch = new ScratchS3(await freePort(), folder);
    try {
      await scratch.restart();
      await scratch.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      return scratch;
    } catch (error) {
      await scratch.drop();
      throw error;
    }
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Sends SIGKILL: unwritten data is lost, and connections are reset. */
  async kill(): Promise<void> {
    const { server } = this;
    if (server?.exitCode === null && server.signalCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
  }

  /** Sends SIGSTOP: connections stay open, and the server does not answer. */
  pause(): void {
    this.server?.kill('SIGSTOP');
  }

  resume(): void {
    this.server?.kill('SIGCONT');
  }

  /** Starts it on its data on disk; resolves when it answers. */
  async restart(): Promise<void> {
    await this.kill();
    const main = resolve(ROOT, 'tools', 'dev-s3', 'main.ts');
    const server = spawn(process.execPath, ['--no-warnings', main, String(this.port), this.folder], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: 'ignore',
    });
    this.server = server;
    const end = () => server.kill('SIGKILL');
    process.once('exit', end);
    server.once('exit', () => process.off('exit', end));
    const ended = once(server, 'exit').then(([code]) => {
      if (this.server === server && !server.killed)
        throw new Error(`The S3 server on port ${this.port} ended with code ${String(code)} as it started.`);
    });
    await Promise.race([this.answers(), ended]);
  }

  /**
   * Resolves when it answers a signed request, through any proxy between it and an app. A process that was just started
   * or continued may be slow to answer the first request.
   */
  async answers(): Promise<void> {
    await eventually(() => this.client.send(new ListBucketsCommand({})), { within: STARTS_WITHIN_MS });
  }

  /** The keys of the stored objects. */
  async objects(): Promise<string[]> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return Contents.map(({ Key = '' }) => Key);
  }

  /** The keys of multipart uploads that are neither completed nor aborted. */
  async unfinished(): Promise<string[]> {
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    return Uploads.map(({ Key = '' }) => Key);
  }

  /** Deletes everything in the bucket. */
  async empty(): Promise<void> {
    for (const Key of await this.objects())
      await this.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    for (const { Key, UploadId } of Uploads)
      await this.client.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key, UploadId }));
  }

  async drop(): Promise<void> {
    this.client.destroy();
    this.resume();
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function clientOf(endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: CREDENTIALS,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
}
