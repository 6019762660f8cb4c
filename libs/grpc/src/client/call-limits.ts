import { deadlineIn } from '@app/context';
import type { CallOptions } from '@app/contracts';
import type { CallLimits } from '@app/resilience';

/** Converts the options of a call to the limits of a policy. */
export function limitsOf({ signal, deadline }: CallOptions = {}): CallLimits {
  return { signal, deadline: deadline === undefined ? undefined : deadlineIn(Number(deadline) - Date.now()) };
}
