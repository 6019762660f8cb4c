import { endStrays } from '../process/stray-processes.ts';
import { ServerControl } from '../stack/server-control.ts';
import type { Stack } from '../stack/stack.ts';
import { terminal } from '../ui/terminal.ts';

/** The owner mark of a stack's apps, distinct from that of its servers. */
export const appsOwner = (stack: Stack): string => `${stack.profile.owner}-apps`;

/** Stops the apps that a killed tool has left running, and prints their names. */
export async function stopLeftovers(stack: Stack): Promise<void> {
  const apps = stack.records.all().filter(({ kind }) => kind === 'app');
  if (apps.length > 0) {
    const names = apps.map(({ name, pid }) => `${name} (${pid})`).join(', ');
    terminal.line(`An earlier run was killed and left ${names} running: stopping them.`);
    await Promise.all(apps.map((record) => new ServerControl(stack.profile, record).stop()));
  }
  endStrays(appsOwner(stack));
}
