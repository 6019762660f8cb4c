import type { Command } from './command.js';
import { generate } from './generate.command.js';
import { migrate } from './migrate.command.js';
import { rollback } from './rollback.command.js';

/** The commands by name: `node dist/apps/<app>/main.js migrate`. */
export const COMMANDS: Readonly<Record<string, Command>> = { migrate, rollback, generate };
