import { stopLeftovers } from '../apps/leftovers.ts';
import { LockFile } from '../process/lock-file.ts';
import { Stack } from '../stack/stack.ts';
import { profiles } from '../stack/stack-profile.ts';
import { locks } from '../workspace/locks.ts';
import type { Command } from './command.ts';

/** Cleans up after a killed tool; the launcher calls it. Resources of other commands are not touched. */
export const sweep: Command = async () => {
  for (const [profile, lock] of [
    [profiles.dev, locks.start],
    [profiles.test, locks.test],
  ] as const) {
    const stack = new Stack(profile);
    if (LockFile.holder(lock)) continue;
    await stopLeftovers(stack);
    if (!stack.isKept && stack.running().length > 0) await stack.down();
  }
  return 0;
};
