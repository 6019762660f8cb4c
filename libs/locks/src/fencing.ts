/** A lease's name and the number under which it was held; travels with a request to the owner of the effect. */
export interface Fence {
  name: string;
  number: number;
}

/** @publicApi */
export abstract class Fencing {
  /**
   * Makes the open transaction take effect only under this fence: nobody can take the lease over until the
   * transaction has ended. Keep it shorter than the lease's time to live, since renewing waits for it too.
   *
   * @throws FenceLostError when another holder has taken over
   * @throws FenceOutsideTransactionError when no transaction is open
   * @see https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html
   */
  abstract assertHeld(fence: Fence): Promise<void>;
}
