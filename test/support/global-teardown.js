import './typescript-imports.js';

/** Closes the house after the last end-to-end spec; fails the run when an app did not stop cleanly. */
export default async function globalTeardown() {
  const { House } = await import('./house.js');
  await House.close();
}
