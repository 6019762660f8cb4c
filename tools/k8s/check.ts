/**
 * `npm run k8s:check`: checks that k8s/manifests is current, that every values file renders, and that the chart rejects
 * wrong values.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportFailure } from '../ui/report-failure.ts';
import { ToolError } from '../ui/tool.error.ts';
import { helmRefusal, helmTemplate } from './helm.ts';
import { chart, manifests } from './paths.ts';
import { plainManifests } from './plain-manifests.ts';
import { renderedValues, rightValues, wrongValues } from './wrong-values.ts';

try {
  const wanted = plainManifests(helmTemplate());
  const stale = [...wanted].filter(([name, text]) => read(name) !== text).map(([name]) => name);
  const left = readdirSync(manifests).filter((name) => !wanted.has(name));
  if (stale.length + left.length > 0) {
    throw new ToolError(`k8s/manifests is out of date: ${[...stale, ...left].join(', ')}.`, {
      remedies: ['npm run k8s:render'],
    });
  }
  for (const values of readdirSync(chart).filter((name) => /^values-.*\.yaml$/.test(name))) {
    helmTemplate('--values', join(chart, values));
  }
  for (const value of rightValues) helmTemplate('--set', value);
  const taken = Object.entries(wrongValues).filter(([value, saying]) => !helmRefusal(value).includes(saying));
  if (taken.length > 0) {
    const evidence = taken.map(
      ([value, saying]) => `${value}: expected "${saying}", got ${helmRefusal(value)}`,
    );
    throw new ToolError('The chart accepts values that it should reject, or its message is wrong.', {
      evidence,
    });
  }
  for (const [value, { has, lacks = [] }] of Object.entries(renderedValues)) {
    const text = helmTemplate('--set', value);
    const faults = [
      ...has.filter((part) => !part.test(text)).map((part) => `${value}: lacks ${part.source}`),
      ...lacks.filter((part) => part.test(text)).map((part) => `${value}: has ${part.source}`),
    ];
    if (faults.length > 0)
      throw new ToolError('The chart does not render the values correctly.', { evidence: faults });
  }
  const refused = Object.keys(wrongValues).length;
  process.stdout.write(
    `k8s: the manifests are current, every values file renders, ${refused} wrong values are rejected\n`,
  );
} catch (error) {
  process.exitCode = reportFailure(error);
}

function read(name: string): string | undefined {
  try {
    return readFileSync(join(manifests, name), 'utf8');
  } catch {
    return undefined;
  }
}
