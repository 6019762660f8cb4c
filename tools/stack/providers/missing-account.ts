import { accountName } from '../../process/account-name.ts';

/** Why PostgreSQL cannot be run by this user: `initdb` looks its name up in /etc/passwd. Undefined when it can. */
export function missingAccount(): string | undefined {
  if (process.platform === 'win32' || accountName() !== undefined) return undefined;
  const uid = process.getuid?.();
  const entry = `ganymede:x:${uid}:${process.getgid?.()}::/tmp:/bin/sh`;
  return `user id ${uid} has no entry in /etc/passwd, which PostgreSQL needs; as root: echo '${entry}' >> /etc/passwd`;
}
