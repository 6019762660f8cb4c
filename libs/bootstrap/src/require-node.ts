/** The minimum in package.json's `engines`. */
const LOWEST = { major: 24, minor: 11 };

/** The message that explains why this Node.js cannot run an app; undefined when it can. */
export function unfitNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LOWEST.major || (major === LOWEST.major && minor >= LOWEST.minor)) return undefined;
  return [
    `Ganymede needs Node.js ${LOWEST.major}.${LOWEST.minor} or newer; this is ${version}.`,
    'npm start and npm test install it automatically. To run an app alone, put it on your PATH:',
    '  export PATH="$(echo "$PWD"/.stack/node/*/bin):$PATH"   # the one that npm start has brought, see .nvmrc',
  ].join('\n');
}
