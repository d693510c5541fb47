import Fastify from 'fastify';
import { knownAnswers } from './known-answers.ts';

/** The limit: Fastify answering with bytes that it has, nothing else. */
const answerTo = knownAnswers();
const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => done(null, text));
app.all('/*', (request, reply) => {
  const { status, contentType, body } = answerTo(request.method, request.url);
  // A health check is answered by anything.
  reply.code(request.url === '/' ? 200 : status);
  if (contentType !== '') reply.header('content-type', contentType);
  reply.send(body === '' ? undefined : body);
});
await app.listen({ port: Number(process.env.ORIEL_PORT), host: '127.0.0.1' });
