import { ConfigSource, ConfiguredSource, loadConfig, SupervisedSource } from '@app/config';

/** A remote source of configuration, with or without its own section. @publicApi */
export type RemoteSource = ConfigSource | ConfiguredSource;

/** Opens the sources of an app; their own sections are read only from files and environment. */
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
