import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import type { Receipts } from './receipts.ts';

/** A bare HTTP server that notes what it is sent, and answers 200 to everything. */
export function answeringServer(receipts: Receipts): Server {
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

/** An MQTT broker that notes what clients publish. */
export async function mqttServer(receipts: Receipts): Promise<Server> {
  const aedes = await Aedes.createBroker();
  aedes.on('publish', ({ payload }, client) => {
    if (client !== null) receipts.add(payload.toString());
  });
  return createServer(aedes.handle);
}

/** Has the server listen on a free port, and tells which. */
export async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
