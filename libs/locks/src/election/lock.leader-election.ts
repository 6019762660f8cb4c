import { Lifecycle, type Participant, Readiness } from '@app/lifecycle';
import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Gauge } from 'prom-client';
import { Locks } from '../locks.js';
import { Candidate } from './candidate.js';
import { type Candidacy, type CampaignOptions, LeaderElection, type LeaderWork } from './leader-election.js';

/** Leader election with locks: the holder of the lock is the leader. */
@Injectable()
export class LockLeaderElection extends LeaderElection implements Participant {
  readonly name = 'leader election';
  readonly isRepeatable = true;
  private readonly candidates = new Map<string, Candidate>();
  private readonly leading: Gauge<'election'>;
  private readonly terms: Counter<'election'>;

  constructor(
    private readonly locks: Locks,
    metrics: Metrics,
    lifecycle: Lifecycle,
    readiness: Readiness,
  ) {
    super();
    this.leading = metrics.gauge({
      name: 'leader_election_leading',
      help: 'Whether this process leads.',
      labelNames: ['election'],
    });
    this.terms = metrics.counter({
      name: 'leader_election_terms_total',
      help: 'How often this process was elected.',
      labelNames: ['election'],
    });
    lifecycle.register(this);
    readiness.note('elections', () =>
      Object.fromEntries(
        [...this.candidates].map(([name, { leading }]) => [name, leading ? 'leading' : 'following']),
      ),
    );
  }

  campaign(name: string, options: CampaignOptions, work: LeaderWork): Candidacy {
    const gauge = this.leading.labels({ election: name });
    gauge.set(0);
    const terms = this.terms.labels({ election: name });
    const onChange = (leading: boolean) => {
      gauge.set(leading ? 1 : 0);
      if (leading) terms.inc();
    };
    const candidate = new Candidate({ name, options, work, locks: this.locks, onChange });
    this.candidates.set(name, candidate);
    return candidate;
  }

  stopIntake(): void {
    for (const candidate of this.candidates.values()) candidate.stop();
  }

  async drain(): Promise<void> {
    await Promise.all([...this.candidates.values()].map((candidate) => candidate.withdraw()));
  }

  pending(): string[] {
    return [...this.candidates].filter(([, { leading }]) => leading).map(([name]) => `leads ${name}`);
  }
}
