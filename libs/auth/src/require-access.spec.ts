import { describe, expect, it } from '@jest/globals';
import type { Access } from './access.decorators.js';
import { requireAccess } from './require-access.js';

const user = { id: 'user-1', roles: ['user'] };
const admin = { id: 'user-2', roles: ['user', 'admin'] };
const selfOrAdmin: Access = { kind: 'self', roles: ['admin'] };
const admins: Access = { kind: 'signed-in', roles: ['admin'] };

describe('a route for oneself or an admin', () => {
  it('lets in whom it names, by id or as me, and an admin', () => {
    for (const subject of ['user-1', 'me'])
      expect(() => requireAccess(user, selfOrAdmin, subject)).not.toThrow();
    expect(() => requireAccess(admin, selfOrAdmin, 'user-1')).not.toThrow();
  });

  it.each(['user-2', 'ME', '', undefined])('refuses who asks for %j', (subject) => {
    expect(() => requireAccess(user, selfOrAdmin, subject)).toThrow('This needs the role admin.');
  });
});

describe('a route for roles', () => {
  it('lets in who has one of them, whomever it names', () => {
    expect(() => requireAccess(admin, admins, 'user-1')).not.toThrow();
    expect(() => requireAccess(user, admins, 'user-1')).toThrow('This needs the role admin.');
    expect(() => requireAccess(user, { kind: 'signed-in', roles: [] })).not.toThrow();
  });
});
