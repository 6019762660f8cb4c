import type { Command } from './command.ts';
export const test: Command = async () => 0;
