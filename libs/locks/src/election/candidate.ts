import { setTimeout as delay } from 'node:timers/promises';
import { RequestContext } from '@app/context';
import { OutageLog } from '@app/logging';
import { Logger } from '@nestjs/common';
import { LockBusyError } from '../lock.errors.js';
import type { Lock, Locks } from '../locks.js';
import type { Candidacy, CampaignOptions, LeaderWork } from './leader-election.js';

const TTL_MS = 10_000;
const WAIT_MS = 30_000;
/** The pause before the next candidacy, so that work which ends at once does not load the database. */
const PAUSE_MS = 1000;
const MAX_PAUSE_MS = 15_000;

export interface CandidateParts {
  readonly name: string;
  readonly options: CampaignOptions;
  readonly work: LeaderWork;
  readonly locks: Locks;
  /** Called when it starts and when it stops to lead. */
  readonly onChange: (leading: boolean) => void;
}

/** The candidacy of one process for one name. */
export class Candidate implements Candidacy {
  private readonly logger = new Logger('LeaderElection');
  private readonly outage: OutageLog;
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  private current = false;

  constructor(private readonly parts: CandidateParts) {
    const subject = `The election for ${parts.name}`;
    this.outage = new OutageLog(this.logger, { subject, fields: { election: parts.name }, dependent: true });
    this.ended = RequestContext.detach(() => this.campaign());
  }

  get leading(): boolean {
    return this.current;
  }

  /** Aborts the work's signal. */
  stop(): void {
    this.stopping.abort();
  }

  async withdraw(): Promise<void> {
    this.stop();
    await this.ended;
  }

  private async campaign(): Promise<void> {
    const { name, locks, options } = this.parts;
    const { signal } = this.stopping;
    const { ttl = TTL_MS, pollInterval } = options;
    const request = { ttl, wait: pollInterval === undefined ? WAIT_MS : 0, signal };
    while (!signal.aborted) {
      try {
        const lock = await locks.acquire(name, request);
        this.outage.recovered();
        await this.lead(lock);
      } catch (error) {
        if (error instanceof LockBusyError) this.outage.recovered();
        else if (!signal.aborted) this.outage.failed(error);
      }
      const pause = this.outage.pause({ first: PAUSE_MS, longest: MAX_PAUSE_MS });
      await delay(this.outage.isOngoing ? pause : (pollInterval ?? PAUSE_MS), undefined, { signal }).catch(
        () => undefined,
      );
    }
  }

  private async lead(lock: Lock): Promise<void> {
    const { name, work } = this.parts;
    this.change(true);
    try {
      await work(AbortSignal.any([lock.signal, this.stopping.signal]), lock);
    } catch (error) {
      if (!lock.signal.aborted && !this.stopping.signal.aborted)
        this.logger.error({ err: error, election: name }, 'a leader has failed; it stands again');
    } finally {
      this.change(false);
      await lock.release();
    }
  }

  private change(leading: boolean): void {
    this.current = leading;
    this.logger.log({ election: this.parts.name }, leading ? 'leads from now on' : 'leads no more');
    this.parts.onChange(leading);
  }
}
