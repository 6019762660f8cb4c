import { resolve } from 'node:path';
import { paths } from '../../workspace/paths.ts';
import type { ProgramProvider } from '../service.ts';

/** s3rver behind the front of `tools/s3-front`, both from npm. */
export const s3FrontProvider: ProgramProvider = {
  kind: 'program',
  name: 's3rver (npm)',
  obstacle: async () => undefined,
  prepare: async (place) => ({
    file: process.execPath,
    args: ['--no-warnings', resolve(paths.tools, 's3-front', 'main.ts'), String(place.port), place.data],
  }),
};
