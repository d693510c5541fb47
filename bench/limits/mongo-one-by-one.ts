import Fastify from 'fastify';
import { MongoClient } from 'mongodb';

/*
 * What MongoDB gives a server that asks it once a request, in the way that suggests itself: one `findOne` for a `GET`, one
 * `updateOne` for a `PUT`, acknowledged by a majority as Oriel's are. It reads and writes the collections of the default tenant.
 */
const client = new MongoClient(process.env.ORIEL_STORE ?? '', { maxPoolSize: 50 });
await client.connect();
const entities = client.db().collection('entities', { writeConcern: { w: 'majority' } });
const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => done(null, text));
app.get('/', () => 'ready');
app.get<{ Params: { id: string } }>('/v2/entities/:id', (request) => entities.findOne({ id: request.params.id }));
app.put<{ Params: { id: string; name: string } }>('/v2/entities/:id/attrs/:name/value', async (request, reply) => {
  const { id, name } = request.params;
  const set = { 'attributes.$[named].value': Number(request.body), modifiedAt: new Date() };
  await entities.updateOne({ id }, { $set: set }, { arrayFilters: [{ 'named.name': name }] });
  return reply.code(204).send();
});
await app.listen({ port: Number(process.env.ORIEL_PORT), host: '127.0.0.1' });
