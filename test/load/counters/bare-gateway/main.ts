import { createHttpAdapter, httpConfig, HttpValidationPipe } from '@app/http';
import { NestFactory } from '@nestjs/core';
import { bareConfig } from '../../peers/bare-config.js';
import { BarePlatformModule } from '../../peers/bare-platform.module.js';
import { BareGatewayModule } from './bare-gateway.module.js';

const store = await bareConfig('gateway', BareGatewayModule, httpConfig);
const http = store.handle(httpConfig).current;
const app = await NestFactory.create(
  BarePlatformModule.around(BareGatewayModule, store),
  createHttpAdapter(http),
  { logger: ['error', 'warn'], bodyParser: false },
);
app.useGlobalPipes(new HttpValidationPipe());
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
await app.listen(http.port, http.host);
