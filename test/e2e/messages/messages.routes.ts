import type { HttpClient } from '../../support/network/http-client.js';
import type { GatewayRoutes } from '../gateway-routes.js';

const NOBODYS = '/api/v1/message/01890a5d-ac96-774b-bcce-b302099a8057';

const submit = (http: HttpClient) =>
  http.post('/api/v1/message', { queue: 'task_queue', message: { task: 'succeed' } });

export const routes: GatewayRoutes = {
  json: [
    {
      method: 'POST',
      path: '/api/v1/message',
      valid: { queue: 'task_queue', message: { task: 'errors' } },
      required: ['queue', 'message'],
      wrong: {
        'a number as queue': { queue: 1, message: {} },
        'a text as delay_ms': { queue: 'task_queue', message: {}, delay_ms: 'soon' },
        'a delay_ms below zero': { queue: 'task_queue', message: {}, delay_ms: -1 },
      },
    },
  ],
  refused: [
    ['GET', '/api/v1/message/not-an-id', 400, 'VALIDATION_FAILED'],
    ['GET', NOBODYS, 404, 'MESSAGE_NOT_FOUND'],
  ],
  addresses: [
    ['/api/v1/message', ['POST']],
    [NOBODYS, ['GET', 'HEAD']],
  ],
  succeeds: {
    'POST /api/v1/message': submit,
    'GET /api/v1/message/{message_id}': async (http) => {
      const { message_id: id } = (await submit(http)).json();
      return http.get(`/api/v1/message/${String(id)}`);
    },
  },
};
