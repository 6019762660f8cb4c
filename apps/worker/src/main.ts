import { bootstrap } from '@app/bootstrap';
import { WorkerModule } from './worker.module.js';

await bootstrap(WorkerModule, { name: 'worker', transports: ['grpc', 'amqp'] });
