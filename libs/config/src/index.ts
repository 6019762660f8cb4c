export { type AppEnvironment, appEnvironment } from './app-environment.js';
export { collectDefinitions } from './collect-definitions.js';
export {
  ConfigDefinition,
  type ConfigDefinitionOptions,
  type ConfigOf,
  defineConfig,
} from './config.definition.js';
export {
  ConfigError,
  ConfigInvalidError,
  ConfigNotAppliedError,
  type ConfigProblem,
  ConfigUnreadableError,
} from './config.errors.js';
export { ConfigHandle } from './config.handle.js';
export { ConfigListeners, type ConfigSubscription } from './config.listeners.js';
export { configFiles, type LoadConfigOptions } from './config.sources.js';
export { loadConfig } from './config.loader.js';
export { type ConfigFeature, ConfigModule, InjectConfig } from './config.module.js';
export { ConfigReloader, type ReloadObserver } from './config.reloader.js';
export { ConfigStore, type SectionValues } from './config.store.js';
export { type Branch, Entry, treeOf } from './config.tree.js';
export { ConfigWatch, type ConfigWatchOptions } from './config.watch.js';
export { ConfigSource, type SourceContext } from './sources/config-source.js';
export { ConfiguredSource } from './sources/configured.source.js';
export {
  type SourceObserver,
  SupervisedSource,
  type SupervisedSourceOptions,
} from './sources/supervised.source.js';
export { type ModuleImport, walkModules } from './walk-modules.js';
export { duration, type DurationOptions, type DurationText } from './units/duration.js';
export { host, hostAndPort, isHost } from './units/host.js';
export { Secret, secret } from './units/secret.js';
export { ServiceUrl, url, type UrlOptions } from './units/service-url.js';
export { Token, token } from './units/token.js';
export { size } from './units/size.js';
