import type { HttpClient } from '../../support/network/http-client.js';
import { LightLoad } from '../light-load.js';

/** `clients` connections that increment one counter by one. */
export function incrementLoad(http: HttpClient, resource_id: string, clients: number): LightLoad {
  const body = { resource_id, counter_type: 'load' };
  return new LightLoad(clients, (agent) => http.post('/api/v1/counter/increment', body, { agent }));
}
