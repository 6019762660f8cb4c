import { readFileSync } from 'node:fs';

/** The commands of a README that remove a slice, without the tests at their end. */
export function removalSteps(readme: string, slice: string): string {
  const blocks = [...readFileSync(readme, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)];
  const steps = blocks.map(([, block = '']) => block).find((block) => block.startsWith('SLICE='));
  if (steps === undefined) throw new Error(`${readme} does not say how to remove a slice.`);
  return steps.replace(/^SLICE=.*$/m, `SLICE=${slice}`).replace(/^npm test$/m, '');
}
