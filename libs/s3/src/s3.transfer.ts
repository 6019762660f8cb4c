import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { causedBy } from './caused-by.js';
import type { Part } from './part.js';
import type { S3Requests } from './s3.requests.js';

/** @internal */
export interface TransferTarget {
  Bucket: string;
  Key: string;
}

/** @internal */
export interface TransferOptions {
  contentType: string;
  /** How many parts are sent at a time. */
  concurrency: number;
  /** Aborted by the caller, or by the transfer itself when a part fails. */
  signal: AbortSignal;
  /** Stops reading further parts. */
  halt: (reason: unknown) => void;
}

/**
 * One upload to S3: a single request when one part holds the whole content, otherwise a multipart upload. A failed
 * request is retried. That is safe, because every body is a Buffer and no other upload uses the key.
 */
export class S3Transfer {
  private readonly done: CompletedPart[] = [];
  private readonly inFlight = new Set<Promise<void>>();
  private uploadId: string | undefined;
  private requested = false;
  private sent = 0;

  constructor(
    private readonly requests: S3Requests,
    private readonly target: TransferTarget,
    private readonly options: TransferOptions,
  ) {}

  /** Whether a request to create the object was sent. */
  get mayExist(): boolean {
    return this.requested;
  }

  /** Sends every part and resolves with the entity tag of the object. */
  async send(parts: AsyncIterable<Part>): Promise<string> {
    for await (const part of parts) {
      try {
        if (part.number === 1 && part.last) return await this.putWhole(part);
        this.uploadId ??= await this.create();
        while (this.inFlight.size >= this.concurrency) await Promise.race(this.inFlight);
        this.options.signal.throwIfAborted();
      } catch (error) {
        part.release();
        throw error;
      }
      this.start(part);
    }
    await Promise.all(this.inFlight);
    return this.complete();
  }

  /** Removes what was stored. Waits for the parts in flight first: S3 may keep a part that arrives during the abort. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.inFlight);
    if (this.uploadId) await this.abort(this.uploadId);
    if (this.requested) await this.requests.send(new DeleteObjectCommand(this.target));
  }

  /** A circuit that is not closed lets one part through; a part that it refused would end the whole upload. */
  private get concurrency(): number {
    return this.requests.isContentOnTrial ? 1 : this.options.concurrency;
  }

  private async abort(UploadId: string): Promise<void> {
    try {
      await this.requests.send(new AbortMultipartUploadCommand({ ...this.target, UploadId }));
    } catch (error) {
      // Completed or aborted already, by a request whose reply was lost.
      if (!causedBy(error, 'NoSuchUpload')) throw error;
    }
  }

  private async putWhole(part: Part): Promise<string> {
    const { contentType, signal } = this.options;
    this.requested = true;
    const command = new PutObjectCommand({ ...this.target, ContentType: contentType, Body: part.bytes });
    const { ETag } = await this.requests.sendContent(command, { signal });
    part.release();
    return ETag ?? '';
  }

  private async create(): Promise<string | undefined> {
    const { contentType, signal } = this.options;
    const command = new CreateMultipartUploadCommand({ ...this.target, ContentType: contentType });
    const { UploadId } = await this.requests.send(command, { signal });
    return UploadId;
  }

  private start(part: Part): void {
    const sending = this.sendPart(part).finally(() => {
      part.release();
      this.inFlight.delete(sending);
    });
    this.inFlight.add(sending);
    // `send` sees the failure when it waits for the set. The reader, which may be waiting for a slow client, must
    // see it too.
    sending.catch((error: unknown) => this.options.halt(error));
  }

  private async sendPart(part: Part): Promise<void> {
    const { UploadId, PartNumber } = { UploadId: this.uploadId, PartNumber: part.number };
    const command = new UploadPartCommand({ ...this.target, UploadId, PartNumber, Body: part.bytes });
    const { ETag } = await this.requests.sendContent(command, { signal: this.options.signal });
    this.sent += part.bytes.length;
    this.done.push({ PartNumber, ETag });
  }

  private async complete(): Promise<string> {
    const Parts = this.done.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
    this.requested = true;
    const command = new CompleteMultipartUploadCommand({
      ...this.target,
      UploadId: this.uploadId,
      MultipartUpload: { Parts },
    });
    const { signal } = this.options;
    try {
      return (await this.requests.sendContent(command, { signal })).ETag ?? '';
    } catch (error) {
      // A retried completion finds the upload gone when the first request completed it and its reply was lost.
      if (!causedBy(error, 'NoSuchUpload')) throw error;
      return this.found(error);
    }
  }

  private async found(cause: unknown): Promise<string> {
    const { signal } = this.options;
    const head = await this.requests.send(new HeadObjectCommand(this.target), { signal });
    if (head.ContentLength !== this.sent) throw cause;
    return head.ETag ?? '';
  }
}
