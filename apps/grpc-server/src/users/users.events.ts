import { type User, userRegisteredEvent } from '@app/contracts';
import type { OutboxEvent } from '@app/messaging';

export function userRegistered({ id, email, name, createdAt = new Date() }: User): OutboxEvent {
  return userRegisteredEvent.of({ id, email, name, registeredAt: createdAt });
}
