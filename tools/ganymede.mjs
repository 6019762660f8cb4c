#!/usr/bin/env node
// The entry point of every command in package.json. It runs on any Node.js from 18 on, needs no dependency, finds
// the Node.js that .nvmrc pins, and runs tools/cli.ts with it.
import { runUnderSupervision } from './launcher/child.mjs';
import { LauncherError } from './launcher/launcher-error.mjs';
import { findPinnedNode } from './launcher/pinned-node.mjs';

try {
  const node = await findPinnedNode();
  process.exitCode = await runUnderSupervision(node, process.argv.slice(2));
} catch (error) {
  if (!(error instanceof LauncherError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
