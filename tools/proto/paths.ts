import { fileURLToPath } from 'node:url';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const root = fromRoot('.');
/** Everything below is written by the generator; nothing else may live there. */
export const generatedFolder = fromRoot('libs/contracts/src/generated');
export const contractsFolder = fromRoot('libs/contracts/src');
/** The image that `buf breaking` compares with: the API as of the last release. */
export const baselineImage = 'proto/ganymede.baseline.binpb';
/** Packages of ours. What they import is vendored beside them. */
export const ownPackages = 'ganymede';
/** What every server serves and answers beside them: reflection tells of it too. */
export const sharedPackages = ['grpc/health', 'google/rpc'];
