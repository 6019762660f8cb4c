import { ConfigInvalidError } from '@app/config';
import { Lifecycle, lifecycleConfig } from '@app/lifecycle';
import { Logger, type Type } from '@nestjs/common';
import { type BootstrapOptions, loadAppConfig, prepareApplication, startApplication } from './application.js';
import { Shutdown } from './shutdown.js';

/**
 * The one way an app starts and stops: configuration, logger, management port, connections, doors; then it
 * runs until a signal. Exits with 78 when the configuration is wrong, with 1 when the start fails.
 *
 * @publicApi
 */
export async function bootstrap(module: Type, options: BootstrapOptions): Promise<void> {
  try {
    await start(module, options);
  } catch (error) {
    if (error instanceof ConfigInvalidError) return fail(error.message, ConfigInvalidError.exitCode);
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
  }
}

async function start(module: Type, options: BootstrapOptions): Promise<void> {
  const store = await loadAppConfig(module, options);
  const prepared = await prepareApplication(module, options, store);
  const { app, root } = prepared;
  new Shutdown({ app, lifecycle: app.get(Lifecycle), config: store.handle(lifecycleConfig), root }).install();
  await startApplication(prepared);
  new Logger('Bootstrap').log({ start_ms: Math.round(performance.now()) }, `${options.name} is ready`);
}

function fail(message: string, code: number): void {
  process.stderr.write(`${message}\n`, () => process.exit(code));
}
