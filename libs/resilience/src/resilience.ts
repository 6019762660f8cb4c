import { type ConfigHandle, InjectConfig } from '@app/config';
import { Readiness } from '@app/lifecycle';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { CircuitCondition } from './circuit.js';
import { Policy } from './policy.js';
import { type ResilienceConfig, resilienceConfig, settingsOf } from './resilience.config.js';
import { ResilienceMetrics } from './resilience.metrics.js';

/** A larger number would mean targets of high cardinality, such as users or URLs. */
const MAX_POLICIES = 256;

/** The policies of an app, each with one breaker and one bulkhead for each target. */
@Injectable()
export class Resilience implements OnApplicationShutdown {
  private readonly logger = new Logger(Resilience.name);
  private readonly policies = new Map<string, Policy>();
  /** Policies whose opening was logged and whose closing was not yet. */
  private readonly broken = new WeakSet<Policy>();
  private readonly reloads: { unsubscribe(): void };

  constructor(
    @InjectConfig(resilienceConfig) private readonly config: ConfigHandle<ResilienceConfig>,
    private readonly metrics: ResilienceMetrics,
    readiness: Readiness,
  ) {
    metrics.observe(() => this.policies.values());
    readiness.note('circuits', () => this.openCircuits());
    this.reloads = config.changes.subscribe((current) => {
      for (const policy of this.policies.values()) policy.configure(settingsOf(current, policy.name));
    });
  }

  /**
   * The policy of this name, with the settings of `default` if the configuration has none for it. The same name and
   * target return the same policy. When there are more than 256, idle policies with a closed circuit are removed first.
   *
   * @param target the called target, if one policy has several: a host, a bucket
   */
  policy(name: string, target = ''): Policy {
    const key = `${name} ${target}`;
    return this.policies.get(key) ?? this.add(key, name, target);
  }

  /** Circuits that are not closed, as `/readyz` shows them: `{ worker: 'open' }`. */
  openCircuits(): Record<string, CircuitCondition> {
    const broken = [...this.policies.values()].filter(({ condition }) => condition !== 'closed');
    return Object.fromEntries(
      broken.map(({ name, target, condition }) => [target ? `${name} ${target}` : name, condition]),
    );
  }

  onApplicationShutdown(): void {
    this.reloads.unsubscribe();
  }

  private add(key: string, name: string, target: string): Policy {
    if (this.policies.size >= MAX_POLICIES) this.forgetOne();
    const policy = new Policy({
      name,
      target,
      settings: settingsOf(this.config.current, name),
      metrics: this.metrics.of(name),
      changed: (changed, condition) => this.reportChange(changed, condition),
    });
    this.policies.set(key, policy);
    return policy;
  }

  private forgetOne(): void {
    const entries = [...this.policies];
    const idle = entries.find(([, policy]) => policy.condition === 'closed' && policy.active === 0);
    const [key] = idle ?? entries[0] ?? [];
    if (key !== undefined) this.policies.delete(key);
  }

  private reportChange(policy: Policy, condition: CircuitCondition): void {
    const { name, target } = policy;
    const fields = { policy: name, ...(target && { target }), condition };
    const called = target || name;
    if (condition === 'closed') this.broken.delete(policy);
    // A failed trial opens the circuit again, once per second during an outage.
    if (condition === 'open' && !this.broken.has(policy)) {
      this.broken.add(policy);
      this.logger.warn(fields, `${called} fails too often: its circuit is open`);
    } else if (condition === 'closed')
      this.logger.log(fields, `${called} answers again: its circuit is closed`);
    else this.logger.debug(fields, `${called} is ${condition === 'open' ? 'still failing' : 'tried again'}`);
  }
}
