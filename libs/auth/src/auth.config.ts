import { type ConfigOf, defineConfig, token } from '@app/config';
import { z } from 'zod';

export const authConfig = defineConfig('auth', {
  schema: z.object({
    /** A bearer token with the role admin, for operators and for development. */
    adminToken: token().optional(),
    /** Whether routes that are public in development are public here. */
    openInDevelopment: z.boolean().default(false),
  }),
});

export type AuthConfig = ConfigOf<typeof authConfig>;
