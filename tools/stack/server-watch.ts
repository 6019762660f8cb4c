import { isAlive } from '../process/process-identity.ts';
import { terminal } from '../ui/terminal.ts';
import type { Stack } from './stack.ts';

const interval = 2_000;

/** Prints a message when a server ends under running apps, which explains the warnings of the apps. */
export function watchServers(stack: Stack): Disposable {
  const watched = new Map(
    stack
      .running()
      .filter(({ kind }) => kind === 'program')
      .map((record) => [record.name, record]),
  );
  const timer = setInterval(() => {
    for (const [name, record] of watched) {
      if (isAlive(record)) continue;
      const successor = stack.records.running(name);
      if (successor) {
        watched.set(name, successor);
        continue;
      }
      watched.delete(name);
      terminal.warn(
        `${name} has ended unexpectedly (process ${record.pid}, .stack/${stack.profile.name}/logs/${name}.log). Start it again: npm run stack -- service ${name} start`,
      );
    }
  }, interval);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
