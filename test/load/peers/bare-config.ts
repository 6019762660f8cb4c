import { collectDefinitions, type ConfigDefinition, type ConfigStore, loadConfig } from '@app/config';
import { lifecycleConfig } from '@app/lifecycle';
import type { Type } from '@nestjs/common';

/** The configuration of the app that a bare peer replaces, from the same files and the same environment. */
export async function bareConfig(
  app: 'gateway' | 'grpc-server',
  module: Type,
  transport: ConfigDefinition,
): Promise<ConfigStore> {
  const definitions = new Set([transport, lifecycleConfig, ...(await collectDefinitions(module))]);
  return loadConfig({ app, definitions: [...definitions], portKey: `${transport.section}.port` });
}
