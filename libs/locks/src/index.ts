export {
  type CampaignOptions,
  type Candidacy,
  LeaderElection,
  type LeaderWork,
} from './election/leader-election.js';
export { type Fence, Fencing } from './fencing.js';
export { type Lease, type LeaseOptions, Leases } from './lease.js';
export {
  FenceLostError,
  FenceOutsideTransactionError,
  LeaseLostError,
  LockBusyError,
  LockError,
  LockQueueFullError,
} from './lock.errors.js';
export { type Lock, type LockOptions, Locks } from './locks.js';
export { type LocksConfig, locksConfig } from './locks.config.js';
export { LocksModule, type LocksModuleOptions } from './locks.module.js';
