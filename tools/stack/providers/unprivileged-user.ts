import { readFileSync } from 'node:fs';
import { ToolError } from '../../ui/tool.error.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL does not run as root, so root runs it as an existing unprivileged user; none is created. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['nobody', 'postgres', 'daemon']) {
    const account = accounts.find(([each]) => each === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new ToolError('PostgreSQL does not run as root, and this machine has no user "nobody" to run it.', {
    remedies: ['run this command as another user'],
  });
}
