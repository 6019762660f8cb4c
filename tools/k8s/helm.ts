import { execFileSync } from 'node:child_process';
import { findProgram } from '../stack/find-program.ts';
import { ToolError } from '../ui/tool.error.ts';
import { chart } from './paths.ts';

/** The Kubernetes version to render for; a Helm that is built from source assumes a very old one. */
const KUBERNETES = '1.34.0';

/**
 * Renders the chart with Helm, for the release `ganymede` in the namespace of that name.
 *
 * @throws ToolError when Helm is missing or fails
 */
export function helmTemplate(...args: readonly string[]): string {
  const helm = findProgram('helm');
  if (!helm) {
    throw new ToolError('Helm is not installed.', {
      remedies: ['https://helm.sh/docs/intro/install', 'go install helm.sh/helm/v3/cmd/helm@latest'],
    });
  }
  const release = ['template', 'ganymede', chart, '--namespace', 'ganymede', '--kube-version', KUBERNETES];
  try {
    return execFileSync(helm, [...release, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new ToolError('Helm cannot render the chart.', { evidence: stderr.trim().split('\n') });
  }
}

/** The error of Helm for a value such as `image.tag=1`; empty when it is accepted. */
export function helmRefusal(value: string): string {
  try {
    helmTemplate('--set', value);
    return '';
  } catch (error) {
    if (error instanceof ToolError) return error.evidence.join('\n');
    throw error;
  }
}
