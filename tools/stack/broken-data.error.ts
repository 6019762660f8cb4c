import { ToolError } from '../ui/tool.error.ts';
import type { Place } from './place.ts';

/** A data folder that its server cannot use. It is never deleted without being asked for. */
export class BrokenDataError extends ToolError {
  constructor(title: string, place: Place, fault: string, evidence: readonly string[] = []) {
    const reset = `npm run stack -- reset${place.profile.name === 'test' ? ' --test' : ''}`;
    super(`${title} cannot start: ${fault}.`, {
      evidence,
      remedies: [
        `delete the data of the ${place.profile.name} stack and start anew: ${reset}`,
        'or repair the folder, nothing in it was changed',
      ],
    });
  }
}
