import { fastify } from 'fastify';

/** The minimal server that answers JSON with JSON: Fastify without a framework or a backend. */
const server = fastify();
server.post('/api/v1/counter/increment', async (request) => request.body);
await server.listen({ port: Number(process.env['PEER_PORT']), host: '127.0.0.1' });
