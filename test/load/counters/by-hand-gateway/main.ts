import { bootstrap } from '@app/bootstrap';
import { ByHandGatewayModule } from './by-hand-gateway.module.js';

await bootstrap(ByHandGatewayModule, { name: 'gateway', transports: ['http'] });
