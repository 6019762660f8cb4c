/** `npm run proto:lint` */
import { bufPasses } from './buf.ts';

if (!bufPasses('lint', 'proto')) process.exitCode = 1;
