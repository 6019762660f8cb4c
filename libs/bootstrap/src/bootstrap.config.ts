import { type ConfigOf, defineConfig, host, token } from '@app/config';
import { z } from 'zod';

export const managementConfig = defineConfig('management', {
  schema: z.object({
    /** Where it listens; by default only this machine can reach it. */
    host: host().prefault('127.0.0.1'),
    port: z.number().int().min(0).max(65535),
    /** The bearer token for `GET /config`. Without a token the route is open in development and closed elsewhere. */
    token: token().optional(),
  }),
});

export type ManagementConfig = ConfigOf<typeof managementConfig>;
