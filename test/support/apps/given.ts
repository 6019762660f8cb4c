import { collectDefinitions, loadConfig } from '@app/config';
import { type Transport, Lifecycle, lifecycleConfig } from '@app/lifecycle';
import { createRootLogger, loggingConfig, nestLogger } from '@app/logging';
import {
  type INestApplication,
  type INestApplicationContext,
  Module,
  type ModuleMetadata,
} from '@nestjs/common';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { TestingModule } from '@nestjs/testing';
import type { AppName } from './app-process.js';
import { onPlatform } from './platform.js';

type Imports = NonNullable<ModuleMetadata['imports']>;
type Providers = NonNullable<ModuleMetadata['providers']>;
type Controllers = NonNullable<ModuleMetadata['controllers']>;

/**
 * Builds an app inside the test, on the same platform modules as `bootstrap`, with the configuration of the test stack:
 * `await given.app('worker').with(MessagesModule).configured({ APP__MESSAGING__… }).start()`.
 */
export class GivenApp {
  private readonly imports: Imports = [];
  private readonly providers: Providers = [];
  private readonly controllers: Controllers = [];
  private adapter: FastifyAdapter | undefined;
  private environment: Record<string, string> = {};

  constructor(private readonly name: AppName) {}

  with(...modules: Imports): this {
    this.imports.push(...modules);
    return this;
  }

  providing(...providers: Providers): this {
    this.providers.push(...providers);
    return this;
  }

  controlledBy(...controllers: Controllers): this {
    this.controllers.push(...controllers);
    return this;
  }

  /** @default Fastify with its own defaults */
  through(adapter: FastifyAdapter): this {
    this.adapter = adapter;
    return this;
  }

  /** Settings as environment variables, which override config/test.yaml. */
  configured(environment: Record<string, string>): this {
    this.environment = { ...this.environment, ...environment };
    return this;
  }

  /** Returns the initialised app with its connections open. Close it at the end of the test. */
  async start(): Promise<INestApplicationContext> {
    return (await this.compile()).init();
  }

  /** Returns the initialised app with its transports open and ready. Close it at the end of the test. */
  async serving(...transports: Transport[]): Promise<INestApplication> {
    const adapter = this.adapter ?? (await ownAdapter());
    const app = (await this.compile()).createNestApplication(adapter, { bodyParser: false });
    for (const transport of transports) transport.attach(app);
    await app.init();
    await app.startAllMicroservices();
    for (const transport of transports) await transport.open?.(app);
    app.get(Lifecycle).markReady();
    return app;
  }

  private async compile(): Promise<TestingModule> {
    @Module({ imports: this.imports })
    class Subject {}
    const definitions = [lifecycleConfig, loggingConfig, ...(await collectDefinitions(Subject))];
    const environment = {
      ...process.env,
      APP_ENV: 'test',
      APP__LOGGING__LEVEL: 'silent',
      ...this.environment,
    };
    const store = await loadConfig({ app: this.name, definitions, environment });
    const root = await createRootLogger(this.name, store.handle(loggingConfig).current);
    const { providers, controllers } = this;
    const builder = onPlatform(store, { imports: [Subject], providers, controllers }, root);
    return builder.setLogger(nestLogger(root)).compile();
  }
}

/** Fastify is hundreds of modules, which most specs do without. */
async function ownAdapter(): Promise<FastifyAdapter> {
  const { FastifyAdapter: Adapter } = await import('@nestjs/platform-fastify');
  return new Adapter();
}

export const given = {
  /** An app by its name, with its own section of the configuration. */
  app: (name: AppName): GivenApp => new GivenApp(name),
};
