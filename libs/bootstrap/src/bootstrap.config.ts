import { type ConfigOf, defineConfig, host, secret } from '@app/config';
import { z } from 'zod';

export const managementConfig = defineConfig('management', {
  schema: z.object({
    host: host().prefault('0.0.0.0'),
    port: z.number().int().min(0).max(65535),
    /** What `GET /config` asks for as a bearer token. Without one it is open in development and shut elsewhere. */
    token: secret().optional(),
  }),
});

export type ManagementConfig = ConfigOf<typeof managementConfig>;
