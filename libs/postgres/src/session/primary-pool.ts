import { SessionPool, type SessionPoolConfig } from './session.pool.js';

/** The pool on the primary. TypeORM creates a new one for each attempt to connect. */
export class PrimaryPool {
  private latest: SessionPool | undefined;

  /** Undefined before the first attempt. */
  get current(): SessionPool | undefined {
    return this.latest;
  }

  /** The class that TypeORM instantiates: `Pool` in its option `driver`. */
  get poolClass(): typeof SessionPool {
    const created = (pool: SessionPool) => (this.latest = pool);
    return class extends SessionPool {
      constructor(config: SessionPoolConfig) {
        super(config);
        created(this);
      }
    };
  }
}
