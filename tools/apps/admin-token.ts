import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { profiles } from '../stack/stack-profile.ts';
import type { SettingSources } from '../workspace/setting-sources.ts';

const file = resolve(profiles.dev.folder, 'admin-token');

/** The development admin's token: the user's own if set, else one that is generated once and stored with the stack. */
export function adminToken(settings: SettingSources): string {
  const own = settings.user('auth.admin_token');
  if (own) return own.value;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const token = randomBytes(32).toString('base64url');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    return token;
  }
}
