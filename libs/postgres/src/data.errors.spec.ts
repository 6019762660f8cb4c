import { describe, expect, it } from '@jest/globals';
import { dataErrorOf, isForeignKeyViolation, isUniqueViolation } from './data.errors.js';

describe('an error about the data', () => {
  it.each([
    ['23505', { unique: true, foreignKey: false }],
    ['23503', { unique: false, foreignKey: true }],
    ['23514', { unique: false, foreignKey: false }],
  ])('with SQLSTATE %s is recognised as %j', (sqlState, expected) => {
    const error = dataErrorOf(sqlState, new Error('refused'));
    expect({ unique: isUniqueViolation(error), foreignKey: isForeignKeyViolation(error) }).toEqual(expected);
  });

  it('is none when another failure has the same SQLSTATE', () => {
    const failure = Object.assign(new Error('raw'), { sqlState: '23505', code: '23505' });
    expect([isUniqueViolation(failure), isForeignKeyViolation(failure)]).toEqual([false, false]);
  });
});
