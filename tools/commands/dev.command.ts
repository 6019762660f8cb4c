import type { Command } from './command.ts';
import { runSystem } from './start.command.ts';

/** `npm run dev`: the whole system; each app is rebuilt and restarted when its sources change. */
export const dev: Command = (context) =>
  runSystem(context, 'run dev', async () => {
    // The packages that it needs are installed at this point.
    const { WatchedPrograms } = await import('../watch/watched-programs.ts');
    return new WatchedPrograms();
  });
