import { CreateUserRequestRules, ListUsersRequestRules, UserRolesRules } from '@app/contracts';
import { boundedText } from '@app/http';
import { z } from 'zod';

const { email, name, password } = CreateUserRequestRules;
const { minimum, maximum } = ListUsersRequestRules.limit;

const profile = {
  email: boundedText({ maxLength: email.maxLength }).pipe(z.email()),
  name: boundedText(name, 'must be one line that begins and ends with a visible character'),
  password: z.string().min(password.minLength).max(password.maxLength),
};

export const createUser = z.strictObject(profile);

export const updateUser = z
  .strictObject({
    ...profile,
    roles: z
      .array(boundedText({ maxLength: 32, pattern: /^[a-z][a-z0-9_-]{0,31}$/ }))
      .max(UserRolesRules.names.maxItems),
  })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, { error: 'must change something' });

export const userId = z.guid().toLowerCase();

export const userParams = z.strictObject({
  id: z.union([z.literal('me'), userId], { error: 'must be a UUID, or me' }),
});

export const usersQuery = z.strictObject({
  limit: z.coerce.number().int().min(minimum).max(maximum).default(20),
  cursor: z.string().min(1).max(64).optional(),
});

export type CreateUserBody = z.output<typeof createUser>;
export type UpdateUserBody = z.output<typeof updateUser>;
export type UserParams = z.output<typeof userParams>;
export type UsersQuery = z.output<typeof usersQuery>;
