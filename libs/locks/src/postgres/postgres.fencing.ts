import { type ConfigHandle, InjectConfig } from '@app/config';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { type Fence, Fencing } from '../fencing.js';
import { FenceLostError, FenceOutsideTransactionError } from '../lock.errors.js';
import { type LocksConfig, locksConfig } from '../locks.config.js';

@Injectable()
export class PostgresFencing extends Fencing {
  constructor(
    private readonly host: TransactionHost,
    @InjectConfig(locksConfig) private readonly config: ConfigHandle<LocksConfig>,
  ) {
    super();
  }

  async assertHeld({ name, number }: Fence): Promise<void> {
    if (!this.host.isOpen) throw FenceOutsideTransactionError.of(name);
    // FOR SHARE: a new holder must update this row, so it waits until this transaction ends.
    const held = await this.host.query(
      `SELECT 1 FROM "${this.config.current.schema}".lease WHERE name = $1 AND fence = $2 FOR SHARE`,
      [name, number],
    );
    if (held.length === 0) throw FenceLostError.of(name, number);
  }
}
