/** `npm run proto:baseline`: sets the current API as the baseline for compatibility; run it at a release. */
import { buf } from './buf.ts';
import { baselineImage } from './paths.ts';

buf('build', 'proto', '--path', 'proto/ganymede', '--exclude-source-info', '-o', baselineImage);
