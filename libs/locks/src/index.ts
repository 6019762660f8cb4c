export { type Fence, Fencing } from './fencing.js';
export { type Lease, type LeaseOptions, Leases } from './lease.js';
export { FenceLostError, FenceOutsideTransactionError, LeaseLostError, LockError } from './lock.errors.js';
export { type LocksConfig, locksConfig } from './locks.config.js';
export { LocksModule, type LocksModuleOptions } from './locks.module.js';
