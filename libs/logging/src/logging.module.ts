import { ConfigModule } from '@app/config';
import { type DynamicModule, Module } from '@nestjs/common';
import { AccessLog } from './access.log.js';
import { loggingConfig } from './logging.config.js';
import { PlainLines } from './plain-lines.js';
import { ROOT_LOGGER, type RootLogger } from './root-logger.js';

@Module({})
export class LoggingModule {
  static forRoot(root: RootLogger): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      imports: [ConfigModule.forFeature(loggingConfig)],
      providers: [
        { provide: ROOT_LOGGER, useValue: root.pino },
        { provide: PlainLines, useValue: root.access },
        AccessLog,
      ],
      exports: [ROOT_LOGGER, AccessLog],
    };
  }
}
