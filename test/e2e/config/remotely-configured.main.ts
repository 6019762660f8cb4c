import { bootstrap } from '@app/bootstrap';
import { ConfiguredSource } from '@app/config';
import { GatewayModule } from '../../../apps/gateway/src/gateway.module.js';
import { configServerConfig, HttpSource } from './http.source.js';

await bootstrap(GatewayModule, {
  name: 'gateway',
  transports: ['http'],
  sources: [ConfiguredSource.of(configServerConfig, (config) => new HttpSource(config))],
});
