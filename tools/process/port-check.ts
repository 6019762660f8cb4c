import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '../ui/tool.error.ts';
import { describePortOwner } from './port-owner.ts';

export interface NeededPort {
  readonly port: number;
  /** The user of the port, for example `the gateway (HTTP)`. */
  readonly purpose: string;
  /** How to change or avoid the port. */
  readonly remedy: string;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Retries, because 50051–50053 are in Linux's range for outgoing connections, which can use one for a moment. */
async function staysTaken(port: number): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await isFree(port)) return false;
    await sleep(150);
  }
  return true;
}

/** Throws one error that names every port in use by another process. */
export async function checkPorts(needed: readonly NeededPort[]): Promise<void> {
  const taken = await Promise.all(needed.map(async (each) => ((await staysTaken(each.port)) ? [each] : [])));
  const conflicts = taken.flat();
  if (conflicts.length === 0) return;
  throw new ToolError(
    conflicts
      .map(({ port, purpose }) => `Port ${port} for ${purpose} is taken by ${describePortOwner(port)}.`)
      .join('\n'),
    { remedies: [...new Set(['stop that process, or:', ...conflicts.map(({ remedy }) => remedy)])] },
  );
}
