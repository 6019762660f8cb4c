import { readFileSync } from 'node:fs';

/** What a reader of a README is to paste to remove a slice, but for the tests at its end. */
export function removalSteps(readme: string, slice: string): string {
  const blocks = [...readFileSync(readme, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)];
  const steps = blocks.map(([, block = '']) => block).find((block) => block.startsWith('SLICE='));
  if (steps === undefined) throw new Error(`${readme} does not say how to remove a slice.`);
  return steps.replace(/^SLICE=.*$/m, `SLICE=${slice}`).replace(/^npm test$/m, '');
}
