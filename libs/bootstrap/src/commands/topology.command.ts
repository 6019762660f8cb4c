import type { Type } from '@nestjs/common';

/** Prints the queues and exchanges of an app as JSON, from its modules alone: no broker is asked. */
export async function printTopology(module: Type): Promise<void> {
  // An app without messages carries nothing of it until it is asked.
  const { describeTopology } = await import('@app/messaging');
  process.stdout.write(`${JSON.stringify(await describeTopology(module))}\n`);
}
