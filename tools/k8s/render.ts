/** `npm run k8s:render`: copies config/ into the chart, and renders the chart to k8s/manifests. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportFailure } from '../ui/report-failure.ts';
import { helmTemplate } from './helm.ts';
import { carried, chartConfig, config, manifests } from './paths.ts';
import { plainManifests } from './plain-manifests.ts';

try {
  for (const file of carried) copyFileSync(join(config, file), join(chartConfig, file));
  const files = plainManifests(helmTemplate());
  rmSync(manifests, { recursive: true, force: true });
  mkdirSync(manifests, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(manifests, name), text);
  process.stdout.write(`k8s/manifests: ${files.size} files\n`);
} catch (error) {
  process.exitCode = reportFailure(error);
}
