import type { ValidSweepFilesRequest } from '@app/contracts';
import { type Fence, Fencing } from '@app/locks';
import { EventOutbox } from '@app/messaging';
import { TransactionHost } from '@app/postgres';
import { FileNotFoundError, FileStore, type ListedFile } from '@app/s3';
import { Injectable, Logger } from '@nestjs/common';
import { pairUp, type Pair } from './file-pairs.js';
import type { FileRecord } from './file-record.js';
import { FileRegisterStore } from './file-register.store.js';
import { FileRemoval } from './file.removal.js';
import { type FileReservation, FileReservationStore } from './file-reservation.store.js';
import { fileStored } from './files.events.js';
import { FilesMetrics, type Swept } from './files.metrics.js';

const UNKNOWN = 'application/octet-stream';

/** What a page of the sweep has found, and where to go on. */
export type SweepResult = Record<Swept, number> & { next: string | undefined };

/**
 * Lays the objects beside their records and mends what crashes left. Each step is decided in a transaction under the
 * caller's fence and carried out after it, so that whoever finds the decision can finish it.
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

  /** @throws FenceLostError when the caller's lease has gone to somebody else */
  async page({ before, fence, after, limit }: ValidSweepFilesRequest): Promise<SweepResult> {
    const [listed, records] = await Promise.all([
      this.objects.list({ after, limit }),
      this.register.page(after, limit),
    ]);
    const { pairs, next } = pairUp(
      { items: listed.files, completeTo: listed.next },
      { items: records, completeTo: records.length < limit ? undefined : records.at(-1)?.key },
    );
    const result: SweepResult = { orphans: 0, adopted: 0, missing: 0, removed: 0, next };
    for (const pair of pairs) {
      const swept = await this.mend(pair, before, fence);
      if (!swept) continue;
      result[swept] += 1;
      this.metrics.swept(swept);
    }
    if (next === undefined) await this.under(fence, () => this.reservations.purge(before));
    return result;
  }

  private mend(pair: Pair<ListedFile, FileRecord>, before: Date, fence: Fence): Promise<Swept | undefined> {
    const { key, object, record } = pair;
    // Such a file is not ours to touch: the prefix was changed, or somebody else writes below it.
    if (this.objects.faultOfKey(key) !== undefined) return nothing();
    if (!record) return object ? this.mendObject(object, before, fence) : nothing();
    if (record.state === 'stored') return object ? nothing() : this.mendMissing(record, before, fence);
    if (record.state === 'missing')
      return object ? this.foundAgain(record, fence) : this.mendLost(record, before, fence);
    return record.stateSince < before ? this.finish(record, fence) : nothing();
  }

  /** An object without a record: a crash left it, or it was written past the gateway. */
  private async mendObject(object: ListedFile, before: Date, fence: Fence): Promise<Swept | undefined> {
    const reservation = await this.reservations.find(object.key);
    if (reservation) return reservation.expiresAt > new Date() ? undefined : this.adopt(reservation, fence);
    if (!object.lastModified || object.lastModified >= before) return undefined;
    const file = { key: object.key, size: object.size, contentType: UNKNOWN, sha256: '' };
    const orphan = await this.under(fence, () => this.register.insert(file, 'orphaned'));
    if (!orphan) return undefined;
    await this.removal.finish(orphan);
    return 'orphans';
  }

  private async adopt({ key, owner }: FileReservation, fence: Fence): Promise<Swept | undefined> {
    const { size, contentType, etag } = await this.objects.head(key);
    return this.under(fence, async () => {
      const file = await this.register.insert({ key, size, contentType, etag, owner, sha256: '' });
      await this.reservations.removeExpired(key);
      if (!file) return undefined;
      await this.outbox.add(fileStored(file));
      return 'adopted';
    });
  }

  /** A record without its object. It is kept until it has been missing for as long as the grace lasts. */
  private async mendMissing(record: FileRecord, before: Date, fence: Fence): Promise<Swept | undefined> {
    const { key } = record;
    if (record.createdAt >= before || (await this.exists(key))) return undefined;
    const changed = await this.under(fence, () => this.register.change(key, ['stored'], 'missing'));
    if (!changed) return undefined;
    this.logger.warn(
      { key },
      'A file is registered but not in the object store: is s3.bucket the right one?',
    );
    return 'missing';
  }

  private async mendLost(record: FileRecord, before: Date, fence: Fence): Promise<Swept | undefined> {
    if (record.stateSince >= before || (await this.exists(record.key))) return undefined;
    await this.under(fence, () => this.removal.forget(record.key, 'missing'));
    return 'removed';
  }

  private async foundAgain({ key }: FileRecord, fence: Fence): Promise<undefined> {
    await this.under(fence, () => this.register.change(key, ['missing'], 'stored'));
  }

  /** A removal that was begun and not ended. */
  private async finish(record: FileRecord, fence: Fence): Promise<Swept> {
    await this.under(fence, () => Promise.resolve());
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

  private under<T>(fence: Fence, work: () => Promise<T>): Promise<T> {
    return this.transactions.run(async () => {
      await this.fencing.assertHeld(fence);
      return work();
    });
  }
}

function nothing(): Promise<undefined> {
  return Promise.resolve(undefined);
}
