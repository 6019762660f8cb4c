import type { ValidSweepFilesRequest } from '@app/contracts';
import { type Fence, Fencing } from '@app/locks';
import { EventOutbox } from '@app/messaging';
import { TransactionHost } from '@app/postgres';
import { FileNotFoundError, FileStore, type ListedFile } from '@app/s3';
import { Injectable, Logger } from '@nestjs/common';
import { joinByKey, type Pair } from './file-pairs.js';
import type { FileRecord } from './file-record.js';
import { FileRegisterStore } from './file-register.store.js';
import { FileRemoval } from './file.removal.js';
import { type FileReservation, FileReservationStore } from './file-reservation.store.js';
import { fileStored } from './files.events.js';
import { FilesMetrics, type Swept } from './files.metrics.js';

const UNKNOWN = 'application/octet-stream';

/** How much a page of the sweep has repaired, and the key after which the next page begins. */
export type SweepResult = Record<Swept, number> & { next: string | undefined };

/**
 * Compares the objects in the object store with their records, and repairs what crashes left inconsistent. Each repair
 * is first recorded in a transaction that checks the caller's fence, and then carried out. After a crash in between,
 * the next sweep finds the record and completes the repair.
 */
@Injectable()
export class FilesSweep {
  private readonly logger = new Logger(FilesSweep.name);

  constructor(
    private readonly objects: FileStore,
    private readonly register: FileRegisterStore,
    private readonly reservations: FileReservationStore,
    private readonly removal: FileRemoval,
    private readonly outbox: EventOutbox,
    private readonly transactions: TransactionHost,
    private readonly fencing: Fencing,
    private readonly metrics: FilesMetrics,
  ) {}

  /**
   * Sweeps one page of keys.
   *
   * @throws FenceLostError when another process holds the caller's lease
   */
  async page({ before, fence, after, limit }: ValidSweepFilesRequest): Promise<SweepResult> {
    const [listed, records] = await Promise.all([
      this.objects.list({ after, limit }),
      this.register.page(after, limit),
    ]);
    const { pairs, next } = joinByKey(
      { items: listed.files, completeTo: listed.next },
      { items: records, completeTo: records.length < limit ? undefined : records.at(-1)?.key },
    );
    const result: SweepResult = { orphans: 0, adopted: 0, missing: 0, removed: 0, next };
    for (const pair of pairs) {
      const swept = await this.repair(pair, before, fence);
      if (!swept) continue;
      result[swept] += 1;
      this.metrics.swept(swept);
    }
    if (next === undefined) await this.withFence(fence, () => this.reservations.purge(before));
    return result;
  }

  private repair(pair: Pair<ListedFile, FileRecord>, before: Date, fence: Fence): Promise<Swept | undefined> {
    const { key, object, record } = pair;
    // A key outside the prefix does not belong to this app: the prefix was changed, or another app uses the bucket.
    if (this.objects.faultOfKey(key) !== undefined) return nothing();
    if (!record) return object ? this.repairObject(object, before, fence) : nothing();
    if (record.state === 'stored') return object ? nothing() : this.markMissing(record, before, fence);
    if (record.state === 'missing')
      return object ? this.restore(record, fence) : this.removeLost(record, before, fence);
    return record.stateSince < before ? this.finish(record, fence) : nothing();
  }

  /** Handles an object without a record: an upload crashed, or a client wrote the object with a presigned URL. */
  private async repairObject(object: ListedFile, before: Date, fence: Fence): Promise<Swept | undefined> {
    const reservation = await this.reservations.find(object.key);
    if (reservation) return reservation.expiresAt > new Date() ? undefined : this.adopt(reservation, fence);
    if (!object.lastModified || object.lastModified >= before) return undefined;
    const file = { key: object.key, size: object.size, contentType: UNKNOWN, sha256: '' };
    const orphan = await this.withFence(fence, () => this.register.insert(file, 'orphaned'));
    if (!orphan) return undefined;
    await this.removal.finish(orphan);
    return 'orphans';
  }

  private async adopt({ key, owner }: FileReservation, fence: Fence): Promise<Swept | undefined> {
    const { size, contentType, etag } = await this.objects.head(key);
    return this.withFence(fence, async () => {
      const file = await this.register.insert({ key, size, contentType, etag, owner, sha256: '' });
      await this.reservations.removeExpired(key);
      if (!file) return undefined;
      await this.outbox.add(fileStored(file));
      return 'adopted';
    });
  }

  /** Marks a record without an object as missing. A later sweep deletes it, if the object is still missing then. */
  private async markMissing(record: FileRecord, before: Date, fence: Fence): Promise<Swept | undefined> {
    const { key } = record;
    if (record.createdAt >= before || (await this.exists(key))) return undefined;
    const changed = await this.withFence(fence, () => this.register.change(key, ['stored'], 'missing'));
    if (!changed) return undefined;
    this.logger.warn(
      { key },
      'A file is registered but not in the object store: is s3.bucket the right one?',
    );
    return 'missing';
  }

  private async removeLost(record: FileRecord, before: Date, fence: Fence): Promise<Swept | undefined> {
    if (record.stateSince >= before || (await this.exists(record.key))) return undefined;
    await this.withFence(fence, () => this.removal.removeRecord(record.key, 'missing'));
    return 'removed';
  }

  private async restore({ key }: FileRecord, fence: Fence): Promise<undefined> {
    await this.withFence(fence, () => this.register.change(key, ['missing'], 'stored'));
  }

  /** Completes a removal that was interrupted. */
  private async finish(record: FileRecord, fence: Fence): Promise<Swept> {
    await this.withFence(fence, () => Promise.resolve());
    await this.removal.finish(record);
    return 'removed';
  }

  private async exists(key: string): Promise<boolean> {
    try {
      await this.objects.head(key);
      return true;
    } catch (error) {
      if (error instanceof FileNotFoundError) return false;
      throw error;
    }
  }

  private withFence<T>(fence: Fence, work: () => Promise<T>): Promise<T> {
    return this.transactions.run(async () => {
      await this.fencing.assertHeld(fence);
      return work();
    });
  }
}

function nothing(): Promise<undefined> {
  return Promise.resolve(undefined);
}
