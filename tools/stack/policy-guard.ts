import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const file = '/usr/sbin/policy-rc.d';
const mark = '# Made by Ganymede for the time of one apt-get install.';

/** Whether the machine's own policy already prevents the start of services. */
function forbidsAlready(): boolean {
  return spawnSync(file, ['rabbitmq-server', 'start']).status === 101;
}

/**
 * Prevents packages from starting their system services until it is disposed (invoke-rc.d calls policy-rc.d, and exit
 * code 101 forbids the start). The machine's own policy file is moved away and restored afterwards.
 */
export class PolicyGuard implements Disposable {
  private readonly aside = `${file}.ganymede-aside`;
  private readonly active: boolean;
  private static readonly atExit = (): void => PolicyGuard.restore();

  constructor() {
    PolicyGuard.restore();
    this.active = !existsSync(file) || !forbidsAlready();
    if (!this.active) return;
    if (existsSync(file)) renameSync(file, this.aside);
    writeFileSync(file, `#!/bin/sh\n${mark}\nexit 101\n`);
    chmodSync(file, 0o755);
    process.once('exit', PolicyGuard.atExit); // also when a second Ctrl-C ends the tool at once
  }

  /** Restores the policy file after a killed tool. */
  static restore(): void {
    const aside = `${file}.ganymede-aside`;
    if (existsSync(file) && readFileSync(file, 'utf8').includes(mark)) rmSync(file);
    if (existsSync(aside) && !existsSync(file)) renameSync(aside, file);
  }

  [Symbol.dispose](): void {
    if (!this.active) return;
    process.off('exit', PolicyGuard.atExit);
    PolicyGuard.restore();
  }
}
