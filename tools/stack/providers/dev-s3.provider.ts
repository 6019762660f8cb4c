import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { terminal } from '../../ui/terminal.ts';
import { paths } from '../../workspace/paths.ts';
import type { ProgramProvider } from '../service.ts';

/** The format of the data: a server with another format starts on a new folder. */
const FORMAT = 'dev-s3-1';

/** The S3 server of `tools/dev-s3`. */
export const devS3Provider: ProgramProvider = {
  kind: 'program',
  name: 'dev-s3',
  obstacle: async () => undefined,
  prepare: async (place) => {
    const folder = join(place.data, FORMAT);
    // Until then, s3rver kept its objects in this folder.
    if (!existsSync(folder) && existsSync(join(place.data, 'buckets')))
      terminal.warn(
        `S3: the objects in ${place.data}/buckets have an old format. They stay there and are not served: ` +
          'upload the files again, or run npm run stack -- reset for empty data everywhere.',
      );
    mkdirSync(folder, { recursive: true });
    return {
      file: process.execPath,
      args: ['--no-warnings', resolve(paths.tools, 'dev-s3', 'main.ts'), String(place.port), folder],
    };
  },
};
