import { appEnvironment, ConfigInvalidError, loadConfig } from '@app/config';
import { AppError } from '@app/errors';
import { Lifecycle, lifecycleConfig, Readiness } from '@app/lifecycle';
import { createRootLogger, loggingConfig } from '@app/logging';
import { Metrics } from '@app/telemetry';
import { Logger, type Type } from '@nestjs/common';
import { type BootstrapOptions, configOf, prepareApplication, startApplication } from './application.js';
import { followConfig } from './config-reloads.js';
import { ensureHomeFolder } from './home-folder.js';
import { countDroppedLines, flushAtExit } from './log-output.js';
import { unfitNode } from './require-node.js';
import { Shutdown } from './shutdown.js';

/**
 * Starts an app and stops it: configuration, logger, management port, connections, transports; then it runs until a
 * signal. With a command as argument (`migrate`, `rollback`, `generate NAME`) it runs that command instead. Exits with
 * 78 when the configuration is invalid, with 1 when the start fails.
 *
 * @publicApi
 */
export async function bootstrap(module: Type, options: BootstrapOptions): Promise<void> {
  const [, , ...command] = process.argv;
  const unfit = unfitNode(process.versions.node);
  if (unfit) return fail(unfit, 1);
  ensureHomeFolder();
  try {
    if (command.length > 0) await execute(module, options, command);
    else await start(module, options);
  } catch (error) {
    if (error instanceof ConfigInvalidError) return fail(withHint(error), ConfigInvalidError.exitCode);
    if (error instanceof AppError) return fail(explain(error), 1);
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
  }
}

async function start(module: Type, options: BootstrapOptions): Promise<void> {
  const reading = await configOf(module, options);
  const store = await loadConfig(reading);
  const root = await createRootLogger(options.name, store.handle(loggingConfig).current);
  flushAtExit(root);
  const shutdown = new Shutdown(store.handle(lifecycleConfig), root);
  shutdown.install();
  const prepared = await prepareApplication(module, options, store, root);
  const { app } = prepared;
  shutdown.guard({ app, lifecycle: app.get(Lifecycle) });
  countDroppedLines(root, app.get(Metrics));
  try {
    await startApplication(prepared);
  } catch (error) {
    // A stop during the start makes the start fail. Ignore that error; the stop ends the process.
    if (shutdown.isStopping) return;
    throw error;
  }
  followConfig({ reading, store, root, metrics: app.get(Metrics), readiness: app.get(Readiness) });
  const facts = { environment: appEnvironment(), start_ms: Math.round(performance.now()) };
  new Logger('Bootstrap').log(facts, `${options.name} is ready`);
}

async function execute(module: Type, options: BootstrapOptions, command: readonly string[]): Promise<void> {
  const { runCommand } = await import('./commands/run-command.js');
  await runCommand(module, options, command);
  process.exit(0);
}

/** Without `APP_ENV`, an app started by hand lacks every address, and the listed problems do not show the reason. */
function withHint({ message }: ConfigInvalidError): string {
  if (process.env['APP_ENV']) return message;
  return `${message}\nAPP_ENV is not set, so the app reads config/production.yaml. On your machine set APP_ENV=development.`;
}

/** The text for a terminal: the message and, if the message does not include it, the cause. */
function explain({ message, cause }: AppError): string {
  const { message: text, code } = (cause ?? {}) as { message?: string; code?: string };
  const reason = text || code || '';
  return reason === '' || message.includes(reason) ? message : `${message} (${reason})`;
}

function fail(message: string, code: number): void {
  process.stderr.write(`${message}\n`, () => process.exit(code));
}
