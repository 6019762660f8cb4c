import { ConfigSource, ConfiguredSource, loadConfig, SupervisedSource } from '@app/config';

/** A remote source of configuration, or one that has a section of its own. @publicApi */
export type RemoteSource = ConfigSource | ConfiguredSource;

/** Opens the sources that an app names; the sections that they ask for are read from files and environment alone. */
export async function openSources(
  app: string,
  sources: readonly RemoteSource[] = [],
): Promise<readonly SupervisedSource[]> {
  if (sources.length === 0) return [];
  const definitions = sources.flatMap((source) =>
    source instanceof ConfiguredSource ? [source.definition] : [],
  );
  const store = await loadConfig({ app, definitions });
  return sources.map(
    (source) => new SupervisedSource(source instanceof ConfiguredSource ? source.open(store) : source),
  );
}
