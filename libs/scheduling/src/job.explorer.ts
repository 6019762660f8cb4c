import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { JobMethod } from './job.js';
import type { JobRun } from './job-run.js';
import { scheduledJobOf } from './scheduled-job.decorator.js';
import { JobInvalidError } from './scheduling.errors.js';

type Provider = ReturnType<DiscoveryService['getProviders']>[number];
type Handler = (run: JobRun) => Promise<void>;
/** The part of a provider that may contain jobs. */
interface Provided {
  metatype: { prototype?: Record<string, Handler> } | null;
  instance: Record<string, Handler> | undefined;
}

/** Finds the methods that are `@ScheduledJob`s. */
@Injectable()
export class JobExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws JobInvalidError when two jobs have the same name, or one has no instance to run it */
  find(): JobMethod[] {
    const jobs = new Map<string, JobMethod>();
    for (const job of this.discovery.getProviders().flatMap((provider) => this.jobsOf(provider))) {
      if (jobs.has(job.options.name)) throw JobInvalidError.duplicate(job.options.name);
      jobs.set(job.options.name, job);
    }
    return [...jobs.values()];
  }

  private jobsOf(provider: Provider): JobMethod[] {
    const { metatype, instance } = provider as Provided;
    const handlers = metatype?.prototype;
    if (!handlers) return [];
    return this.scanner.getAllMethodNames(handlers).flatMap((method) => {
      const options = scheduledJobOf(handlers[method]);
      if (!options) return [];
      if (!instance || !provider.isDependencyTreeStatic())
        throw JobInvalidError.requestScoped(options.name, provider.name);
      return [{ options, handler: (run: JobRun) => instance[method]?.(run) ?? Promise.resolve() }];
    });
  }
}
