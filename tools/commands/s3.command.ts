import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createS3Server } from '../dev-s3/server.ts';
import { runCommand } from '../process/run-command.ts';
import { credentials } from '../stack/credentials.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { paths } from '../workspace/paths.ts';
import type { Command } from './command.ts';

/** Clients from outside, each with the folder and the command of its check. */
const clients: Readonly<Record<string, { folder: string; command: readonly string[] }>> = {
  boto3: { folder: '.', command: ['python3', 'boto3_check.py'] },
  'minio-go': { folder: 'minio-go', command: ['go', 'run', '.'] },
};

const usage = new ToolError(`s3 check knows: ${Object.keys(clients).join(', ')}.`, { exitCode: 2 });

/** `npm run s3:check -- CLIENT`: starts the S3 server on an empty folder and runs the check of a client on it. */
export const s3: Command = async ({ args: [verb, name = ''], interruption: { signal } }) => {
  const client = clients[name];
  const [file, ...args] = client?.command ?? [];
  if (verb !== 'check' || !client || file === undefined) throw usage;
  const folder = mkdtempSync(join(tmpdir(), 'ganymede-s3-check-'));
  const server = await createS3Server(folder, credentials);
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { ok, output } = await runCommand(file, args, {
      cwd: paths.inClone('tools', 'dev-s3', 'outside', client.folder),
      env: {
        ...process.env,
        S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        S3_ACCESS_KEY: credentials.accessKey,
        S3_SECRET_KEY: credentials.secretKey,
      },
      log: paths.log(`s3-check-${name}`),
      signal,
    });
    terminal.line(output.trimEnd());
    return ok ? 0 : 1;
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
