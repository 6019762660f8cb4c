import { type ConfigOf, defineConfig, host, token } from '@app/config';
import { z } from 'zod';

export const managementConfig = defineConfig('management', {
  schema: z.object({
    /** Where nobody says it, only this machine reaches the app. */
    host: host().prefault('127.0.0.1'),
    port: z.number().int().min(0).max(65535),
    /** What `GET /config` asks for as a bearer token. Without one it is open in development and shut elsewhere. */
    token: token().optional(),
  }),
});

export type ManagementConfig = ConfigOf<typeof managementConfig>;
