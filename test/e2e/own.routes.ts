import type { GatewayRoutes } from './gateway-routes.js';

/** The routes of the gateway without any slice. */
export const routes: GatewayRoutes = {
  refused: [
    ['GET', '/slow?ms=long', 400, 'VALIDATION_FAILED'],
    ['GET', '/%zz', 400, 'MALFORMED_REQUEST'],
    ['GET', '/health/%E0%A4%A', 400, 'MALFORMED_REQUEST'],
    ['GET', `/health?${'x'.repeat(9 * 1024)}`, 414, 'URI_TOO_LONG'],
  ],
  addresses: [
    ['/health', ['GET', 'HEAD']],
    ['/api/v1/health', ['GET', 'HEAD']],
    ['/health/detail', ['GET', 'HEAD']],
  ],
  unknown: [
    '/',
    '/nowhere',
    '/api',
    '/api/v1',
    '/api/v2/health',
    '/health/',
    '//health',
    '/health%2Fdetail',
    '/api/v1/health/',
    '/api/v1/../v1/health',
    '/API/V1/HEALTH',
    '/.env',
    '/metrics/../config',
    '/readyz',
    '/config',
  ],
};
