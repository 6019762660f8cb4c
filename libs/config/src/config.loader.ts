import { maskText } from '@app/errors';
import { appEnvironment } from './app-environment.js';
import type { ConfigDefinition } from './config.definition.js';
import { ConfigInvalidError, type ConfigProblem, ConfigUnreadableError } from './config.errors.js';
import { readSection } from './config.reader.js';
import { environmentOf, type LoadConfigOptions, sourcesOf } from './config.sources.js';
import { ConfigStore, type SectionValues } from './config.store.js';
import { APPS, type Branch, isBranch, mergeTrees, type Node, originOf } from './config.tree.js';
import { isKnownPath } from './known-path.js';
import { isSlipOf, nearestKey } from './nearest-key.js';
import { productionProblems } from './production-secrets.js';
import type { ConfigSource, SourceContext } from './sources/config-source.js';

/**
 * Reads the configuration. Sources in ascending priority: `default.yaml`, `<APP_ENV>.yaml`, `debug.yaml`
 * (in development under a debugger), `local.yaml`, `.env`, environment, files named by `…_FILE`, then
 * `options.sources`.
 *
 * @throws ConfigInvalidError with every problem at once
 * @publicApi
 */
export async function loadConfig(options: LoadConfigOptions): Promise<ConfigStore> {
  return new ConfigStore(await readConfig(options));
}

/** Reads every section again. @throws ConfigInvalidError with every problem at once */
export async function readConfig(options: LoadConfigOptions): Promise<Map<ConfigDefinition, SectionValues>> {
  const reading = new ConfigReading(options);
  for (const source of await sourcesOf(options)) await reading.add(source);
  return reading.sections();
}

/** One reading of all sources; collects the problems it finds. */
class ConfigReading {
  private readonly problems: ConfigProblem[] = [];
  private tree: Branch = {};
  /** The names in the first source: every section of the project, also those that only other apps read. */
  private named: { sections: readonly string[]; apps: readonly string[] } | undefined;
  /** Whether a source could not be read, so missing values cannot be detected. */
  private incomplete = false;

  constructor(private readonly options: LoadConfigOptions) {}

  async add(source: ConfigSource): Promise<void> {
    const { [APPS]: apps = {}, ...shared } = await this.load(source);
    const own = ownApp(apps, this.options.app);
    const appNames = isBranch(apps) ? Object.keys(apps) : [];
    this.named ??= { sections: [...Object.keys(shared), ...Object.keys(own)], apps: appNames };
    this.tree = mergeTrees(this.tree, mergeTrees(shared, own));
    if (isBranch(apps)) this.checkApps(apps);
  }

  /** @throws ConfigInvalidError with every problem at once */
  sections(): Map<ConfigDefinition, SectionValues> {
    const values = new Map<ConfigDefinition, SectionValues>();
    if (!this.incomplete) this.checkSections();
    for (const definition of this.options.definitions) {
      const reading = readSection(definition, this.tree);
      if ('problems' in reading) this.problems.push(...reading.problems);
      else values.set(definition, reading);
      if ('value' in reading) this.problems.push(...this.weaknesses(definition.section, reading.value));
    }
    const news = this.problems.filter((problem) => !this.isConsequence(problem));
    if (news.length > 0) throw ConfigInvalidError.of(news);
    return values;
  }

  private weaknesses(section: string, value: unknown): ConfigProblem[] {
    const environment = environmentOf(this.options);
    if (appEnvironment(environment) !== 'production') return [];
    const problems = productionProblems(
      section,
      value,
      environment['APP_ALLOW_KNOWN_CREDENTIALS'] === 'true',
    );
    return problems.map((problem) => ({ ...problem, origin: this.originAt(problem.path) }));
  }

  private originAt(path: string): string | undefined {
    const step = (node: Node | undefined, key: string) => (isBranch(node) ? node[key] : node);
    const node = path.split('.').reduce<Node | undefined>(step, this.tree);
    return node && originOf(node);
  }

  private async load(source: ConfigSource): Promise<Branch> {
    const { definitions, app } = this.options;
    const context: SourceContext = {
      isKnownPath: (path) => isKnownPath(definitions, app, path),
      report: (problem) => this.problems.push(problem),
    };
    try {
      return await source.load(context);
    } catch (error) {
      this.incomplete = true;
      const expected = `a source that can be read: ${maskText(reasonOf(error))}`;
      const { problems } =
        error instanceof ConfigUnreadableError ? error : ConfigUnreadableError.of(source.name, { expected });
      this.problems.push(...problems);
      return {};
    }
  }

  private checkApps(apps: Branch): void {
    const known = new Set([...(this.named?.apps ?? []), this.options.app].map(dashed));
    for (const [name, node] of Object.entries(apps)) {
      if (known.has(dashed(name))) continue;
      this.reportUnknown(`${APPS}.${name}`, 'app', {
        known: [...known],
        name: dashed(name),
        origin: originOf(node),
      });
    }
  }

  private checkSections(): void {
    const own = this.options.definitions.map(({ section }) => section);
    const known = new Set([...(this.named?.sections ?? []), ...own]);
    // The first file names sections that this app has no definition of. A name that differs by one typing error
    // from one of this app's sections is mistyped instead.
    const slips = [...known].filter(
      (name) => !own.includes(name) && own.some((section) => isSlipOf(name, section)),
    );
    for (const slip of slips) known.delete(slip);
    for (const [name, node] of Object.entries(this.tree)) {
      if (!known.has(name))
        this.reportUnknown(name, 'section', { known: [...known], name, origin: originOf(node) });
    }
  }

  private reportUnknown(
    path: string,
    kind: 'app' | 'section',
    { known, name, origin }: { known: readonly string[]; name: string; origin: string | undefined },
  ): void {
    const nearest = nearestKey(name, known);
    const remedy = nearest ? `did you mean ${nearest}?` : `the known ${kind}s are ${known.join(', ')}`;
    this.problems.push({
      path,
      found: `not a known ${kind}`,
      expected: `a known ${kind}, ${remedy}`,
      origin,
    });
  }

  /** A value that is missing because a source could not be read is not reported. */
  private isConsequence({ found, path }: ConfigProblem): boolean {
    if (found !== undefined) return false;
    return (
      this.incomplete ||
      this.problems.some((other) => other.found !== undefined && `${path}.`.startsWith(`${other.path}.`))
    );
  }
}

/** The values of a source for this app only; in variables the app's name has underscores. */
function ownApp(apps: Branch[string], app: string): Branch {
  if (!isBranch(apps)) return {};
  return Object.entries(apps)
    .filter(([name]) => dashed(name) === app)
    .reduce<Branch>((own, [, sections]) => (isBranch(sections) ? mergeTrees(own, sections) : own), {});
}

/** Why a source could not be read; errors of `fetch` have the reason in their cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, code } = (error.cause ?? {}) as { message?: string; code?: string };
  const cause = message || code;
  return cause ? `${error.message} (${cause})` : error.message;
}

function dashed(name: string): string {
  return name.replaceAll('_', '-');
}
