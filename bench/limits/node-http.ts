import { createServer } from 'node:http';
import { knownAnswers } from './known-answers.ts';

/** The limit below Fastify: a bare `node:http` server answering with bytes that it has. */
const answerTo = knownAnswers();
createServer((request, response) => {
  const answer = (): void => {
    const { status, contentType, body } = answerTo(request.method ?? '', request.url ?? '');
    response.statusCode = request.url === '/' ? 200 : status;
    if (contentType !== '') response.setHeader('content-type', contentType);
    if (body !== '') response.setHeader('content-length', Buffer.byteLength(body));
    response.end(body);
  };
  if (request.method === 'GET') answer();
  else request.resume().on('end', answer);
}).listen(Number(process.env.ORIEL_PORT), '127.0.0.1');
