import { hostAndPort } from '@app/config';
import { CountersServiceDefinition } from '@app/contracts';
import { grpcConfig } from '@app/grpc';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { bareConfig } from '../../peers/bare-config.js';
import { BarePlatformModule } from '../../peers/bare-platform.module.js';
import { BareGrpcServerModule } from './bare-grpc-server.module.js';
import { BareGrpcStrategy } from './bare-grpc.strategy.js';

const store = await bareConfig('grpc-server', BareGrpcServerModule, grpcConfig);
const { host, port } = store.handle(grpcConfig).current;
const app = await NestFactory.createMicroservice<MicroserviceOptions>(
  BarePlatformModule.around(BareGrpcServerModule, store),
  {
    strategy: new BareGrpcStrategy(hostAndPort(host, port), [CountersServiceDefinition]),
    logger: ['error', 'warn'],
  },
);
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
await app.listen();
