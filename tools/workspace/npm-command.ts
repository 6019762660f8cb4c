import { realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ToolError } from '../ui/tool.error.ts';

function npmOnPath(): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      const script = realpathSync(join(folder, 'npm'));
      if (script.endsWith('npm-cli.js')) return script;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** The npm script for the pinned Node.js: the one that started this command, else the one on PATH. */
export function npmScript(): string {
  const started = process.env['npm_execpath'];
  const script = started?.endsWith('npm-cli.js') ? started : npmOnPath();
  if (script) return script;
  throw new ToolError('npm was not found.', {
    remedies: ['install npm (it comes with Node.js) and put it on PATH'],
  });
}
