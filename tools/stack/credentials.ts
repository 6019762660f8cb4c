/**
 * Credentials of servers that listen only on this machine; the same in both stacks and in the committed
 * configuration.
 */
export const credentials = {
  user: 'ganymede',
  password: 'ganymede',
  database: 'ganymede',
  accessKey: 'ganymede',
  secretKey: 'ganymede-secret',
  region: 'us-east-1',
  bucket: 'ganymede',
};
