import { endStrays } from '../process/stray-processes.ts';
import { ServerControl } from '../stack/server-control.ts';
import type { Stack } from '../stack/stack.ts';
import { terminal } from '../ui/terminal.ts';

/** Marks the apps of a stack, apart from its servers. */
export const appsOwner = (stack: Stack): string => `${stack.profile.owner}-apps`;

/** Stops the apps that a killed tool has left, and says so. */
export async function stopLeftovers(stack: Stack): Promise<void> {
  const apps = stack.records.all().filter(({ kind }) => kind === 'app');
  if (apps.length > 0) {
    const names = apps.map(({ name, pid }) => `${name} (${pid})`).join(', ');
    terminal.line(`An earlier run was killed and left ${names}: stopping them.`);
    await Promise.all(apps.map((record) => new ServerControl(stack.profile, record).stop()));
  }
  endStrays(appsOwner(stack));
}
