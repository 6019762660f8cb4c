import { ownerVariable } from '../process/stray-processes.ts';
import { services } from '../stack/services.ts';
import type { Stack } from '../stack/stack.ts';
import { environmentVariables } from '../workspace/app-environment.ts';
import { type SettingSources, variableOf } from '../workspace/setting-sources.ts';

/** The owner mark of processes that tests start, distinct from that of the stack's servers. */
export const testsOwner = (stack: Stack): string => `${stack.profile.owner}-tests`;

/**
 * Variables that a developer has exported for the apps. Tests must not use them, or they would write into that
 * database.
 */
function isForeign(name: string): boolean {
  return (
    /^(npm_|APP__|INIT_CWD$|PORT$|LOG_LEVEL$)/.test(name) ||
    services.some(({ setting }) => setting.includes(name))
  );
}

/** The environment of all processes of a test run. */
export function testEnvironment(stack: Stack, settings: SettingSources): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !isForeign(name));
  const outvoted = services
    .filter(({ setting }) => settings.user(...setting))
    .map((service) => [variableOf(service.setting[0]), service.url(stack.profile.ports[service.name])]);
  return {
    ...Object.fromEntries([...inherited, ...outvoted]),
    ...environmentVariables('test'),
    [ownerVariable]: testsOwner(stack),
  };
}
