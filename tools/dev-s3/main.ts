import { credentials } from '../stack/credentials.ts';
import { createS3Server } from './server.ts';

const [port, folder] = process.argv.slice(2);
if (port === undefined || folder === undefined) throw new Error('usage: main.ts PORT FOLDER');

const server = await createS3Server(folder, credentials);
server.listen(Number(port), '127.0.0.1', () =>
  process.stdout.write(`S3 on http://127.0.0.1:${port}, data in ${folder}\n`),
);

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 5_000).unref();
});
