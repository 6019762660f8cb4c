import { ToolError } from '../ui/tool.error.ts';
import type { Setting, SettingSources } from '../workspace/setting-sources.ts';
import type { Provider, Service } from './service.ts';
import type { StackProfile } from './stack-profile.ts';

/** The source of a service: an address that the user configured, or a server to start. */
export type Resolution =
  | { readonly service: Service; readonly configured: Setting }
  | { readonly service: Service; readonly provider: Provider };

/** The address that the user configured; tests never touch such a server. */
export function configuredAddress(
  service: Service,
  profile: StackProfile,
  settings: SettingSources,
): Setting | undefined {
  return profile.name === 'dev' ? settings.user(...service.setting) : undefined;
}

/** The first usable provider, or the obstacles of all. */
export async function findProvider(service: Service): Promise<Provider | readonly string[]> {
  const obstacles: string[] = [];
  for (const provider of service.providers) {
    const obstacle = await provider.obstacle();
    if (obstacle === undefined) return provider;
    obstacles.push(`${provider.name}: ${obstacle}`);
  }
  return obstacles;
}

/** The command of Debian and Ubuntu for all of them at once. */
function byHand(packages: readonly string[]): string[] {
  if (packages.length === 0) return [];
  return [
    `Debian, Ubuntu: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`,
  ];
}

/** One error for all missing services, with the attempts and the remedies. */
export function nothingFound(
  missing: readonly (readonly [Service, readonly string[]])[],
  installation: string,
): ToolError {
  const lines = missing.map(
    ([service, obstacles]) => `No ${service.title} was found: ${[...obstacles, installation].join('; ')}.`,
  );
  return new ToolError(lines.join('\n'), {
    remedies: [
      ...byHand(missing.flatMap(([{ systemPackage }]) => systemPackage ?? [])),
      ...missing.flatMap(([service]) => service.remedies),
      'or start a Docker engine, it is used when it answers',
      ...missing.map(([service]) => `or point to a server of yours: ${service.setting[1]}=… in .env`),
    ],
  });
}
