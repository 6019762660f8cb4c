import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { ToolError } from '../ui/tool.error.ts';
import { paths } from '../workspace/paths.ts';
import type { Place } from './place.ts';

/**
 * A server cannot start with its data folder. The message names the server, its log file and the command that deletes
 * only this server's data. Nothing is deleted without that command.
 */
export class BrokenDataError extends ToolError {
  constructor(title: string, place: Place, fault: string, evidence: readonly string[] = []) {
    const options = place.profile.name === 'test' ? ' --test' : '';
    const log = existsSync(place.log) ? ` Its log is ${relative(paths.root, place.log)}.` : '';
    super(`${title} cannot start: ${fault}.${log}`, {
      evidence,
      remedies: [
        `if its data is broken, delete it: npm run stack -- service ${place.service} reset${options}`,
        `or repair ${relative(paths.root, place.data)} by hand, nothing in it was deleted`,
        `to delete the data of all servers of the ${place.profile.name} stack: npm run stack -- reset${options}`,
      ],
    });
  }
}
