import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { root } from './paths.ts';

const bufCommand = createRequire(import.meta.url).resolve('@bufbuild/buf/bin/buf');

/** Runs buf in the repository's root; its messages go to the terminal. @throws Error when buf has found a problem */
export function buf(...args: string[]): void {
  try {
    execFileSync(process.execPath, [bufCommand, ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  } catch (cause) {
    throw new Error(`buf ${args[0]} has failed. Mend what it says above, and run the command again.`, {
      cause,
    });
  }
}

/** Runs buf as a check; returns `false` when it found a problem, which it has printed. */
export function bufPasses(...args: string[]): boolean {
  try {
    buf(...args);
    return true;
  } catch {
    return false;
  }
}
