import type { GatewayRoutes } from '../gateway-routes.js';

const NOBODYS = '/api/v1/message/01890a5d-ac96-774b-bcce-b302099a8057';

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
};
