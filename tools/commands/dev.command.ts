import type { Command } from './command.ts';
import { runSystem } from './start.command.ts';

/** `npm run dev`: the whole system, each app built and started again as its sources change. */
export const dev: Command = (context) =>
  runSystem(context, 'run dev', async () => {
    // Its packages are installed by now.
    const { WatchedPrograms } = await import('../watch/watched-programs.ts');
    return new WatchedPrograms();
  });
