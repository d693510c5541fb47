import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Receipts, serveReceipts } from './receipts.ts';

/** Bare HTTP servers that answer 200 to everything, and others that never answer. Arguments: how many of each. */
const [live = '1', hanging = '0'] = process.argv.slice(2);
const receipts = new Receipts();

function answering(): Server {
  return createHttpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      receipts.add(body);
      response.end();
    });
  });
}

function silent(): Server {
  return createServer((socket) => socket.on('error', () => socket.destroy()).resume());
}

async function listening(count: number, make: () => Server): Promise<number[]> {
  const ports: number[] = [];
  for (let made = 0; made < count; made++) {
    const server = make().listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  return ports;
}

await serveReceipts(receipts, async () => ({
  live: await listening(Number(live), answering),
  hanging: await listening(Number(hanging), silent),
}));
