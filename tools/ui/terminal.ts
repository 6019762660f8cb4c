const colourful =
  process.env['NO_COLOR'] === undefined &&
  (process.stdout.isTTY || (process.env['FORCE_COLOR'] ?? '0') !== '0');

const paint =
  (code: number) =>
  (text: string): string =>
    colourful ? `\u001b[${code}m${text}\u001b[0m` : text;

/** All output of the tool. A closed terminal must not interrupt the clean-up. */
export const terminal = {
  bold: paint(1),
  dim: paint(2),
  red: paint(31),
  green: paint(32),
  yellow: paint(33),
  palette: [36, 35, 34, 33, 32].map(paint),

  line(text = ''): void {
    process.stdout.write(`${text}\n`);
  },

  warn(text: string): void {
    terminal.line(`${terminal.yellow('!')} ${text}`);
  },
};

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
