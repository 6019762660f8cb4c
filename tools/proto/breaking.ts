/** `npm run proto:breaking`: compares with the baseline image. */
import { bufPasses } from './buf.ts';
import { baselineImage } from './paths.ts';

if (!bufPasses('breaking', 'proto', '--against', baselineImage)) process.exitCode = 1;
