export { childBudgetMs, type Deadline, deadlineIn, earliest, MAX_TIMER_MS, remainingMs } from './deadline.js';
export { LazyAbortController } from './lazy-abort-controller.js';
export type { Principal } from './principal.js';
export { type ContextOptions, type Entry, RequestContext } from './request-context.js';
export { acceptRequestId } from './request-id.js';
export {
  continueTrace,
  readTrace,
  startTrace,
  stepOf,
  toTraceparent,
  type TraceContext,
} from './trace-context.js';
