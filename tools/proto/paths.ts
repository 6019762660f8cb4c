import { fileURLToPath } from 'node:url';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const root = fromRoot('.');
/** The folder of the generator; it must contain no other files. */
export const generatedFolder = fromRoot('libs/contracts/src/generated');
export const contractsFolder = fromRoot('libs/contracts/src');
/** The image for `buf breaking`: the API of the last release. */
export const baselineImage = 'proto/ganymede.baseline.binpb';
