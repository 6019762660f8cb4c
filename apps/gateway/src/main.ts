import { bootstrap } from '@app/bootstrap';
import { GatewayModule } from './gateway.module.js';

await bootstrap(GatewayModule, { name: 'gateway', transports: ['http'] });
