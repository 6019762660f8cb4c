/** `npm run proto:baseline`: makes the present API the one that must not break; run it at a release. */
import { buf } from './buf.ts';
import { baselineImage } from './paths.ts';

buf('build', 'proto', '--path', 'proto/ganymede', '--exclude-source-info', '-o', baselineImage);
