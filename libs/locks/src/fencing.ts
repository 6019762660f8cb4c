/** A fencing token: a lease's name and number. It is sent with a request to the service that has the effect. */
export interface Fence {
  name: string;
  number: number;
}

/** @publicApi */
export abstract class Fencing {
  /**
   * Ensures that the open transaction commits only under this fence: no other holder can take the lease until the
   * transaction ends. Keep the transaction shorter than the lease's time to live, because a renewal waits for it too.
   *
   * @throws FenceLostError when another holder has taken the lease
   * @throws FenceOutsideTransactionError when no transaction is open
   * @see https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html
   */
  abstract assertHeld(fence: Fence): Promise<void>;
}
