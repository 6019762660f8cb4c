import { fastify } from 'fastify';

/** The bare minimum of what answers JSON with JSON: no framework upon Fastify, nothing behind it. */
const server = fastify();
server.post('/api/v1/counter/increment', async (request) => request.body);
await server.listen({ port: Number(process.env['PEER_PORT']), host: '127.0.0.1' });
