import './typescript-imports.js';

/** Opens the house before the first end-to-end spec. */
export default async function globalSetup() {
  const { House } = await import('./house.js');
  await House.open();
}
