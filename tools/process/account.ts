import { userInfo } from 'node:os';

/** The name of the user that runs this process; none for a number that the machine has no account for. */
export function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
