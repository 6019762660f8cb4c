import { bootstrap } from '@app/bootstrap';
import { CronServerModule } from './cron-server.module.js';

await bootstrap(CronServerModule, { name: 'cron-server', transports: ['grpc'] });
