// The image's HEALTHCHECK: asks the app itself whether it is ready. The port is the app's own, from its
// configuration; APP__MANAGEMENT__PORT says another one, as it does to the app.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const { name } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const { apps } = parse(readFileSync(new URL('config/default.yaml', import.meta.url), 'utf8'));
const port = process.env['APP__MANAGEMENT__PORT'] ?? apps[name.replace(/^ganymede-/, '')].management.port;
const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(3000) }).catch(
  () => undefined,
);
process.exit(answer?.ok ? 0 : 1);
