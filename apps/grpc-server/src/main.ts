import { bootstrap } from '@app/bootstrap';
import { GrpcServerModule } from './grpc-server.module.js';

await bootstrap(GrpcServerModule, { name: 'grpc-server', transports: ['grpc'] });
