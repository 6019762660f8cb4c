import { collectDefinitions, loadConfig } from '@app/config';
import { lifecycleConfig } from '@app/lifecycle';
import { amqpTransport } from '@app/messaging';
import { collectFeatures, Migrator, postgresConfig, PostgresModule } from '@app/postgres';
import { RabbitMqModule } from '@app/rabbitmq';
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScratchPostgres } from '../servers/scratch-postgres.js';
import { onPlatform } from './platform.js';

export interface ScratchWorkerOptions extends Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> {
  /** Settings as environment variables, which override config/test.yaml. */
  environment?: Record<string, string>;
}

/** An app with consumers, on its own migrated schema. `stop` closes it and removes the schema. */
export class ScratchWorker {
  private constructor(
    readonly app: INestApplication,
    readonly postgres: ScratchPostgres,
  ) {}

  static async start({
    environment = {},
    imports = [],
    ...slice
  }: ScratchWorkerOptions): Promise<ScratchWorker> {
    const postgres = await ScratchPostgres.create();
    @Module({ ...slice, imports: [PostgresModule.forRoot(), RabbitMqModule.forRoot(), ...imports] })
    class Subject {}
    const definitions = [lifecycleConfig, ...(await collectDefinitions(Subject))];
    const variables = {
      ...process.env,
      APP_ENV: 'test',
      APP__POSTGRES__SCHEMA: postgres.schema,
      APP__LOCKS__SCHEMA: postgres.schema,
    };
    const store = await loadConfig({
      app: 'worker',
      definitions,
      environment: { ...variables, ...environment },
    });
    const module = await onPlatform(store, { imports: [Subject] }).compile();
    module.useLogger(false);
    await new Migrator(store.handle(postgresConfig).current, await collectFeatures(Subject)).migrate();
    const app = module.createNestApplication(new FastifyAdapter(), { logger: false });
    amqpTransport.attach(app);
    await app.init();
    return new ScratchWorker(app, postgres);
  }

  /** Opens the transport. The consumers run when it resolves. */
  async consume(): Promise<this> {
    await this.app.startAllMicroservices();
    return this;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.postgres.drop();
  }
}
