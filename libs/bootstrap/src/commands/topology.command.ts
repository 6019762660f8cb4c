import type { Type } from '@nestjs/common';

/** Prints the queues and exchanges of an app as JSON. It reads the modules and needs no broker. */
export async function printTopology(module: Type): Promise<void> {
  // Loaded here, so that an app without messages does not load the lib.
  const { describeTopology } = await import('@app/messaging');
  process.stdout.write(`${JSON.stringify(await describeTopology(module))}\n`);
}
