// The image's HEALTHCHECK: calls the app's /readyz. The address comes from the app's configuration;
// APP__MANAGEMENT__HOST and APP__MANAGEMENT__PORT override it, as for the app itself.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const { name } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const { apps } = parse(readFileSync(new URL('config/default.yaml', import.meta.url), 'utf8'));
const port = process.env['APP__MANAGEMENT__PORT'] ?? apps[name.replace(/^ganymede-/, '')].management.port;
const { APP__MANAGEMENT__HOST: listens = '0.0.0.0' } = process.env;
const address = listens.replace(/^\[(.*)\]$/, '$1');
const found = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address;
const host = found.includes(':') ? `[${found}]` : found;
const answer = await fetch(`http://${host}:${port}/readyz`, { signal: AbortSignal.timeout(3000) }).catch(
  () => undefined,
);
process.exit(answer?.ok ? 0 : 1);
