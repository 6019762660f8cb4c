import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { APPS } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { ProjectCopy } from '../project-copy.js';
import { OwnPorts } from './own-ports.js';
import { TypedCommand } from './typed-command.js';

// Builds and starts programs, which is slow on a busy machine.
jest.setTimeout(180_000);
const PATIENTLY = { within: 60_000, every: 50 };
const ROUTE = 'apps/gateway/src/diagnostics/diagnostics.controller.ts';
const LIB = 'libs/bootstrap/src/shutdown.ts';

describe('npm run dev', () => {
  let fixture: ProjectCopy;
  let ports: OwnPorts;
  let command: TypedCommand;

  beforeAll(async () => {
    fixture = await ProjectCopy.create();
    ports = await OwnPorts.choose();
    command = new TypedCommand('npm run dev', { cwd: fixture.root, env: ports.variables });
    await command.prints('Ready after');
  });

  afterAll(async () => {
    await command.end();
    await fixture.remove();
  });

  const ping = async () => (await ports.client('gateway', 'http').get('/ping')).text;
  const expectServed = (text: string) => eventually(async () => expect(await ping()).toBe(text), PATIENTLY);

  it('serves an edit of one app without restarting the others', async () => {
    const slow = ports.client('gateway', 'http').get('/slow?ms=1500');
    await fixture.edit(ROUTE, "'pong'", "'pong 1'");
    await command.prints('draining, then stopping');
    await fixture.edit(ROUTE, "'pong 1'", "'pong 2'");
    await expectServed('pong 2');
    expect((await slow).text).toBe('{"waited_ms":1500}');
    await command.prints('gateway is ready', 2);
    const others = APPS.filter((app) => app !== 'gateway');
    expect(others.map((app) => command.count(`${app} is ready`))).toEqual([1, 1, 1]);
    expect(command.output).not.toMatch(/is taken by|stopping at once|has crashed/);
  });

  it('shows a build error under the app’s name, and the old process still serves', async () => {
    await fixture.edit(ROUTE, "return 'pong 2'", 'return ((');
    await command.prints('The build failed');
    expect(command.output).toMatch(/^gateway +│ .*Syntax Error/m);
    expect(await ping()).toBe('pong 2');
    await fixture.edit(ROUTE, 'return ((', "return 'pong 3'");
    await expectServed('pong 3');
    await command.prints('gateway is ready', 3);
  });

  it('restarts every app that uses a lib when the lib changes', async () => {
    const before = APPS.map((app) => command.count(`${app} is ready`));
    await fixture.edit(LIB, "'stopped'", "'stopped in good order'");
    await Promise.all(APPS.map((app, index) => command.prints(`${app} is ready`, (before[index] ?? 0) + 1)));
    expect(command.output).not.toContain('has crashed');
  });

  it('starts an app that crashed after an edit as soon as the edit is fixed', async () => {
    await fixture.edit(
      'apps/gateway/src/main.ts',
      'await bootstrap',
      "throw new Error('broken');\nawait bootstrap",
    );
    await command.prints('gateway has crashed');
    await fixture.edit('apps/gateway/src/main.ts', "throw new Error('broken');\n", '');
    await expectServed('pong 3');
  });

  it('exits with 0 after Ctrl-C once every app has drained, and leaves no process', async () => {
    const before = command.count('connections closed');
    command.interrupt();
    expect(await command.exited).toBe(0);
    await command.isGone();
    expect(command.count('connections closed')).toBe(before + APPS.length);
    for (const app of APPS)
      await expect(ports.client(app, 'management').get('/livez')).rejects.toThrow('ECONNREFUSED');
  });
});
