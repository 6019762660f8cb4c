/** Whether the long forms of the chaos specs run: `npm run chaos`. The short ones run in `npm test`. */
export const LONG = process.env['CHAOS'] === 'long';
