import { ConfigHandle } from '@app/config';
import type { Readiness } from '@app/lifecycle';
import { Metrics } from '@app/telemetry';
import { Logger } from '@nestjs/common';
import { type ResilienceConfig, resilienceConfig } from './resilience.config.js';
import { ResilienceMetrics } from './resilience.metrics.js';
import { Resilience } from './resilience.js';

/** Policies with keys in camelCase and durations as text. */
type Written = Record<string, object>;

/** The service with real metrics and a configuration that a spec may change. */
export function givenResilience(policies: Written = {}) {
  Logger.overrideLogger(false);
  const read = (written: Written): ResilienceConfig => resilienceConfig.schema.parse({ policies: written });
  const metrics = new Metrics();
  const config = new ConfigHandle(read(policies));
  const unread = { note: () => undefined } as unknown as Readiness;
  const resilience = new Resilience(config, new ResilienceMetrics(metrics), unread);
  return {
    resilience,
    reload: (written: Written) => config.replace(read(written)),
    /** The text of a scrape. */
    scrape: async () => (await metrics.expose()).body,
  };
}
