export type { JobRun, Outcome } from './job-run.js';
export { ScheduledJob, type ScheduledJobOptions } from './scheduled-job.decorator.js';
export { type SchedulingConfig, schedulingConfig } from './scheduling.config.js';
export { JobInvalidError, SchedulingError } from './scheduling.errors.js';
export { SchedulingModule } from './scheduling.module.js';
