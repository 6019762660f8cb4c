import { dockerEngine } from '../docker-compose.ts';
import type { ContainerProvider } from '../service.ts';

/** The service of the same name in `docker/compose.yaml`. */
export const containerProvider: ContainerProvider = {
  kind: 'container',
  name: 'Docker Compose',
  obstacle: () => dockerEngine(),
};
