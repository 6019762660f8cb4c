export type { Attempt, CallLimits, WaitLimits } from './call.js';
export type { CircuitCondition } from './circuit.js';
export type { ExecuteOptions, Policy } from './policy.js';
export type { Precondition } from './precondition.js';
export {
  HEALTH_CHECKS,
  type PolicySettings,
  type ResilienceConfig,
  resilienceConfig,
} from './resilience.config.js';
export { BulkheadFullError, CircuitOpenError, ResilienceError } from './resilience.errors.js';
export { ResilienceModule } from './resilience.module.js';
export { Resilience } from './resilience.js';
export { Resilient, type ResilientOptions } from './resilient.decorator.js';
export {
  isDegradable,
  isRetryable,
  type CallClassification,
  classificationOf,
} from './call-classification.js';
