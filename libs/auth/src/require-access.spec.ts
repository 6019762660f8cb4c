import { describe, expect, it } from '@jest/globals';
import type { Access } from './access.decorators.js';
import { requireAccess } from './require-access.js';

const user = { id: 'user-1', roles: ['user'] };
const admin = { id: 'user-2', roles: ['user', 'admin'] };
const selfOrAdmin: Access = { kind: 'self', roles: ['admin'] };
const admins: Access = { kind: 'signed-in', roles: ['admin'] };

describe('a route for oneself or an admin', () => {
  it('allows the user that it names, by id or as me, and an admin', () => {
    for (const subject of ['user-1', 'me'])
      expect(() => requireAccess(user, selfOrAdmin, subject)).not.toThrow();
    expect(() => requireAccess(admin, selfOrAdmin, 'user-1')).not.toThrow();
  });

  it.each(['user-2', 'ME', '', undefined])('rejects a user for the id %j', (subject) => {
    expect(() => requireAccess(user, selfOrAdmin, subject)).toThrow('This needs the role admin.');
  });
});

describe('a route for roles', () => {
  it('allows users with one of them, whatever the id', () => {
    expect(() => requireAccess(admin, admins, 'user-1')).not.toThrow();
    expect(() => requireAccess(user, admins, 'user-1')).toThrow('This needs the role admin.');
    expect(() => requireAccess(user, { kind: 'signed-in', roles: [] })).not.toThrow();
  });
});
