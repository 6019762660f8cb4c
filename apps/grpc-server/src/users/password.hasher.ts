import { argon2, type Argon2Parameters, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type Policy, Resilience } from '@app/resilience';
import { Injectable } from '@nestjs/common';

const derive = promisify(argon2);

/** @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } satisfies Partial<Argon2Parameters>;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Hashes passwords with Argon2id (RFC 9106). The policy `passwords` limits how many run at once and how many wait:
 * a hash takes 19 MiB and one of libuv's few threads, and any client that can register can request one.
 */
@Injectable()
export class PasswordHasher {
  private readonly policy: Policy;

  constructor(resilience: Resilience) {
    this.policy = resilience.policy('passwords');
  }

  /**
   * Returns the hash with its salt and cost, as a PHC string.
   *
   * @throws BulkheadFullError when too many callers wait already
   */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.derive(password, salt, { ...COST, tagLength: HASH_BYTES });
    const { memory, passes, parallelism } = COST;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${toBase64(salt)}$${toBase64(hash)}`;
  }

  /** Whether `phc` is the hash of this password, also when it was made at another cost. */
  async verify(password: string, phc: string): Promise<boolean> {
    const [, memory, passes, parallelism, salt = '', hash = ''] = PHC.exec(phc) ?? [];
    const expected = Buffer.from(hash, 'base64');
    if (expected.length === 0) return false;
    const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
    const options = { ...cost, tagLength: expected.length };
    return timingSafeEqual(expected, await this.derive(password, Buffer.from(salt, 'base64'), options));
  }

  private derive(
    password: string,
    nonce: Buffer,
    cost: Omit<Argon2Parameters, 'message' | 'nonce'>,
  ): Promise<Buffer> {
    // Keyboards encode the same letter in different ways.
    const message = password.normalize('NFKC');
    return this.policy.execute(() => derive('argon2id', { message, nonce, ...cost }), { readOnly: true });
  }
}

/** PHC strings omit the padding. */
function toBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
