import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const DOCKERFILE = resolve(import.meta.dirname, '..', '..', '..', 'docker', 'Dockerfile');

/** The Node.js options of the image, so that tests and benchmarks run the apps with the same options. */
export const nodeOptions = optionsOf(readFileSync(DOCKERFILE, 'utf8'));

function optionsOf(dockerfile: string): string[] {
  const [, command] = /^ENTRYPOINT (\[.+\])$/m.exec(dockerfile) ?? [];
  const [node, ...args] = JSON.parse(command ?? '[]') as string[];
  if (node !== 'node' || args.at(-1) !== 'main.js') throw new Error(`${DOCKERFILE} starts something else.`);
  return args.slice(0, -1);
}
