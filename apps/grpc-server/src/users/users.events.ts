import { type User, userEvents, UserRegistered } from '@app/contracts';
import type { OutboxEvent } from '@app/messaging';

export function userRegistered({ id, email, name, createdAt }: User): OutboxEvent {
  const payload = UserRegistered.toJSON({ id, email, name, registeredAt: createdAt });
  return { type: 'users.registered.v1', queue: userEvents, payload };
}
