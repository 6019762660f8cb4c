import { setTimeout as delay } from 'node:timers/promises';
import { HttpClient } from './http-client.js';

/** A backend of a balancer or a DNS name. */
export interface Backend {
  /** Its listening address. @default '127.0.0.1' */
  host?: string;
  /** The port for its traffic. */
  port: number;
  managementPort: number;
}

const LOOK_EVERY_MS = 50;

/** The backends whose `/readyz` returns 200, like the endpoints of a Kubernetes Service. */
export class ReadyBackends {
  private readonly ready = new Set<Backend>();
  private looking = true;

  private constructor(private readonly backends: readonly Backend[]) {}

  /** Checks all backends once, then periodically until it is closed. A backend may start and stop at any time. */
  static async of(backends: readonly Backend[]): Promise<ReadyBackends> {
    const following = new ReadyBackends(backends);
    await Promise.all(backends.map((backend) => following.look(backend)));
    for (const backend of backends) void following.follow(backend);
    return following;
  }

  /** The ready backends, in order. */
  list(): Backend[] {
    return this.backends.filter((backend) => this.ready.has(backend));
  }

  close(): void {
    this.looking = false;
  }

  private async follow(backend: Backend): Promise<void> {
    while (this.looking) {
      await delay(LOOK_EVERY_MS);
      await this.look(backend);
    }
  }

  private async look(backend: Backend): Promise<void> {
    const management = new HttpClient(`http://127.0.0.1:${backend.managementPort}`);
    const ready = await management.get('/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) this.ready.add(backend);
    else this.ready.delete(backend);
  }
}
