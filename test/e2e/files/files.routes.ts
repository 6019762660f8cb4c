import type { GatewayRoutes } from '../gateway-routes.js';

const NOBODYS = '/api/v1/files/uploads/2026/11/nothing-here';

export const routes: GatewayRoutes = {
  refused: [
    ['GET', '/api/v1/presigned-url', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=uploads/a&method=delete', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=../../etc/passwd', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=uploads/a&expires_in=0', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=uploads/a&expires_in=3601', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=uploads/a&method=put&content_type=html', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=uploads/a&method=put&size=999999999999', 413, 'FILE_TOO_LARGE'],
    ['GET', '/api/v1/presigned-url?key=uploads/a&method=put', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=uploads/a&method=put&size=-1', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=secrets/a', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=secrets/a&method=put&size=1', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/presigned-url?key=uploads/%252e%252e/a', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/files/secrets/a', 400, 'VALIDATION_FAILED'],
    ['DELETE', '/api/v1/files/secrets/a', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/files/a%00b', 400, 'VALIDATION_FAILED'],
    ['DELETE', '/api/v1/files/a%00b', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/files/%', 400, 'MALFORMED_REQUEST'],
    ['GET', NOBODYS, 404, 'FILE_NOT_FOUND'],
    ['DELETE', NOBODYS, 404, 'FILE_NOT_FOUND'],
  ],
  addresses: [
    ['/api/v1/upload', ['POST']],
    [NOBODYS, ['GET', 'HEAD', 'DELETE']],
    ['/api/v1/presigned-url', ['GET', 'HEAD']],
  ],
};
