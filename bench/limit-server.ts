import { readFileSync } from 'node:fs';
import Fastify from 'fastify';

/** The limit: Fastify answering every request with the same bytes, nothing else. Arguments: status, content type, file of the body. */
const [status, contentType, file] = process.argv.slice(2);
const body = file === undefined ? '' : readFileSync(file, 'utf8');
const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => done(null, text));
app.all('/*', (_request, reply) => {
  reply.code(Number(status ?? 200));
  if (contentType) reply.header('content-type', contentType);
  reply.send(body === '' ? undefined : body);
});
await app.listen({ port: Number(process.env.ORIEL_PORT), host: '127.0.0.1' });
