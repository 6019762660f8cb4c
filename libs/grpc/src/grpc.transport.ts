import type { Transport } from '@app/lifecycle';
import type { INestApplication } from '@nestjs/common';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { GrpcServer } from './grpc.server.js';

/** Serves the app's gRPC controllers on `grpc.port`. The app imports `GrpcModule`. */
export const grpcTransport: Transport = {
  name: 'grpc',
  attach(app: INestApplication): void {
    app.connectMicroservice<MicroserviceOptions>(
      { strategy: app.get(GrpcServer) },
      { inheritAppConfig: true },
    );
  },
};
