import { type ConfigOf, defineConfig, duration, url } from '@app/config';
import { z } from 'zod';

export const mailConfig = defineConfig('mail', {
  schema: z.object({
    /** The relay; without one, mails are written into `folder`. */
    url: url({ protocols: ['smtp', 'smtps'] }).optional(),
    /** Where mails are written as .eml files when there is no relay. */
    folder: z.string().min(1).default('.stack/mail'),
    /** The sender of every mail; the Message-ID has its domain. */
    from: z.email().default('no-reply@ganymede.localhost'),
    /** How long the relay may be silent. The policy `mail` limits the total time. */
    timeout: duration().prefault('5s'),
    /** Number of connections kept open to the relay. */
    connections: z.number().int().min(1).max(100).default(5),
  }),
});

export type MailConfig = ConfigOf<typeof mailConfig>;
