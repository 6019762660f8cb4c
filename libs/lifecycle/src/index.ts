export type { DependencyCheck, DependencyHealth } from './dependency-check.js';
export type { Door } from './door.js';
export { InFlight } from './in-flight.js';
export { Lifecycle, type LifecycleState } from './lifecycle.js';
export { type LifecycleConfig, lifecycleConfig } from './lifecycle.config.js';
export { LifecycleModule } from './lifecycle.module.js';
export { type Participant, type Phase, PHASES } from './participant.js';
export { Readiness, type ReadinessReport } from './readiness.js';
export { listenOrExplain, PortTakenError } from './port-taken.error.js';
