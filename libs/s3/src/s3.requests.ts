import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { type Dependency, Readiness } from '@app/lifecycle';
import { type Policy, Resilience } from '@app/resilience';
import {
  type $Command,
  CompleteMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Inject, Injectable } from '@nestjs/common';
import { faultOfKey } from './file-key.js';
import { type S3Config, s3Config } from './s3.config.js';
import { CONTENT_CLIENT } from './s3.client.js';
import { FileKeyError, StorageUnavailableError } from './s3.errors.js';
import { toFileError } from './to-file-error.js';

/** @internal */
export type S3Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>;

/** @internal */
export interface S3RequestOptions {
  /** Cancels the request. @default the signal of the current context */
  signal?: AbortSignal | undefined;
}

/** Commands that store or remove an object. Parts of an upload are invisible until the upload is complete. */
const WRITES = [PutObjectCommand, CompleteMultipartUploadCommand, DeleteObjectCommand];
/**
 * Commands that carry a body, in either direction. They have their own connections, so that the others never wait
 * behind bodies.
 */
const CONTENT = [GetObjectCommand, PutObjectCommand, UploadPartCommand];

/**
 * All requests to the object store except the health check pass through here, and so through a policy: `s3`, or
 * `s3_upload` where content is sent or assembled, which takes longer. All requests may be retried: bodies are
 * Buffers, and each upload has a key of its own.
 */
@Injectable()
export class S3Requests {
  private readonly policy: Policy;
  private readonly uploadPolicy: Policy;
  private readonly dependency: Dependency;

  constructor(
    private readonly client: S3Client,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
    @Inject(CONTENT_CLIENT) private readonly contentClient: S3Client,
    resilience: Resilience,
    readiness: Readiness,
  ) {
    this.dependency = readiness.dependency('s3');
    this.policy = resilience.policy('s3');
    this.uploadPolicy = resilience.policy('s3_upload');
  }

  /**
   * Whether the circuit of the uploads is not closed: the next request is then the trial, and the others wait for
   * its end.
   */
  get isContentOnTrial(): boolean {
    return this.uploadPolicy.condition !== 'closed';
  }

  send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: S3Command<I, O>,
    options: S3RequestOptions = {},
  ): Promise<O> {
    return this.through(this.policy, command, options);
  }

  sendContent<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: S3Command<I, O>,
    options: S3RequestOptions = {},
  ): Promise<O> {
    return this.through(this.uploadPolicy, command, options);
  }

  /** Closes the connections. */
  close(): void {
    this.client.destroy();
    this.contentClient.destroy();
  }

  private async through<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    policy: Policy,
    command: S3Command<I, O>,
    { signal = RequestContext.current()?.signal }: S3RequestOptions,
  ): Promise<O> {
    const key = keyOf(command.input);
    const fault = this.faultOf(command.input, key);
    if (fault !== undefined) throw FileKeyError.of(fault);
    const isWrite = WRITES.some((type) => command instanceof type);
    const client = CONTENT.some((type) => command instanceof type) ? this.contentClient : this.client;
    const call = { isWrite, ...(key !== undefined && { key }) };
    const attempt = (abortSignal: AbortSignal): Promise<O> =>
      client.send(command, { abortSignal }).catch((error: unknown) => {
        const failure = toFileError(error, call);
        if (failure instanceof StorageUnavailableError) this.dependency.suspect();
        throw failure;
      });
    try {
      return await policy.execute(attempt, {
        idempotent: true,
        readOnly: !isWrite,
        ...(signal && { signal }),
      });
    } catch (error) {
      throw toFileError(error, { ...call, signal });
    }
  }

  /** A list is limited to the prefix. Every other request concerns one key below the prefix, or the bucket. */
  private faultOf(input: object, key: string | undefined): string | undefined {
    const { keyPrefix } = this.config.current;
    if (key !== undefined) return faultOfKey(key, keyPrefix);
    if (!('Prefix' in input)) return undefined;
    const isWithin = typeof input.Prefix === 'string' && input.Prefix.startsWith(keyPrefix);
    return isWithin ? undefined : `must begin with "${keyPrefix}"`;
  }
}

/** The key of a request; without one the request concerns the bucket. */
function keyOf(input: object): string | undefined {
  return 'Key' in input && typeof input.Key === 'string' ? input.Key : undefined;
}
