import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { APPS } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import { ProjectCopy } from '../project-copy.js';
import { OwnPorts } from './own-ports.js';
import { TypedCommand } from './typed-command.js';

// Builds and starts programs, which is slow on a busy machine.
jest.setTimeout(180_000);
const PATIENTLY = { within: 60_000, every: 50 };
const ROUTE = 'apps/gateway/src/diagnostics/diagnostics.controller.ts';

const NAMES = FULL ? APPS : (['gateway'] as const);
/** Two saves during the drain of the old process, or many. */
const SAVES = FULL ? [2, 3, 4, 5, 6] : [2];
const DRAINS_MS = FULL ? 6_000 : 2_500;

describe('nest start', () => {
  let fixture: ProjectCopy;
  let ports: OwnPorts;
  let commit: string;
  const started: TypedCommand[] = [];

  beforeAll(async () => {
    fixture = await ProjectCopy.create();
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
        cwd: fixture.root,
        encoding: 'utf8',
      }).trim();
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message', 'first');
    commit = git('rev-parse', 'HEAD');
    ports = await OwnPorts.choose();
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((command) => command.end()));
  });

  afterAll(() => fixture.remove());

  const type = (line: string): TypedCommand => {
    const command = new TypedCommand(line, { cwd: fixture.root, env: ports.variables });
    started.push(command);
    return command;
  };
  const ping = async () => (await ports.client('gateway', 'http').get('/ping')).text;
  const serves = (text: string) => eventually(async () => expect(await ping()).toBe(text), PATIENTLY);

  it('runs each app in development, with the commit of its build, and Ctrl-C drains it', async () => {
    const commands = NAMES.map((app) => type(`npx nest start ${app}`));
    await Promise.all(commands.map((command, index) => command.prints(`${NAMES[index]} is ready`)));
    for (const app of NAMES) {
      const management = ports.client(app, 'management');
      expect((await management.get('/info')).json()).toMatchObject({ app, commit });
      // It is readable without a token only in development.
      expect((await management.get('/config')).status).toBe(200);
    }
    for (const command of commands) command.interrupt();
    await Promise.all(commands.map((command) => command.isGone()));
    expect(commands.map((command) => command.count('connections closed'))).toEqual(NAMES.map(() => 1));
  });

  it('serves an edit under --watch once the old process has drained, after several saves', async () => {
    const command = type('npx nest start gateway --watch --debug 127.0.0.1:0');
    await command.prints('gateway is ready');
    const slow = ports.client('gateway', 'http').get(`/slow?ms=${DRAINS_MS}`);
    await fixture.edit(ROUTE, "'pong'", "'pong 1'");
    await command.prints('draining, then stopping');
    for (const save of SAVES) {
      const builds = command.count('compiled');
      await fixture.edit(ROUTE, `'pong ${save - 1}'`, `'pong ${save}'`);
      await command.prints('compiled', builds + 1);
    }
    await serves(`pong ${SAVES.at(-1)}`);
    expect((await slow).text).toBe(`{"waited_ms":${DRAINS_MS}}`);
    expect(command.output).not.toMatch(/is taken by|stopping at once/);
    expect(command.count('Debugger listening')).toBeGreaterThan(1);
  });

  (FULL ? describe : describe.skip)('in the full form', () => {
    it('stops the app cleanly even when only npx receives SIGTERM', async () => {
      const command = type('npx nest start gateway');
      await command.prints('gateway is ready');
      command.signal('SIGTERM');
      await command.isGone();
      expect(command.count('connections closed')).toBe(1);
    });

    it('serves during a build error under --watch, and starts no app after Ctrl-C', async () => {
      const command = type('npx nest start gateway --watch');
      await command.prints('gateway is ready');
      await fixture.edit(ROUTE, `return 'pong ${SAVES.at(-1)}'`, 'return ((');
      await command.prints('ERROR');
      expect(await ping()).toBe(`pong ${SAVES.at(-1)}`);
      await fixture.edit(ROUTE, 'return ((', "return 'pong 7'");
      await serves('pong 7');

      // After Ctrl-C during a pending restart, the app must not start again.
      const last = ports.client('gateway', 'http').get('/slow?ms=1500');
      const drains = command.count('draining, then stopping');
      await fixture.edit(ROUTE, "'pong 7'", "'pong 8'");
      await command.prints('draining, then stopping', drains + 1);
      const readies = command.count('gateway is ready');
      command.interrupt();
      await command.isGone();
      expect((await last).status).toBe(200);
      expect(command.count('gateway is ready')).toBe(readies);
    });
  });
});
