import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { Receipts, serveReceipts } from './receipts.ts';

/** An MQTT broker that notes what clients publish. */
const receipts = new Receipts();
const aedes = await Aedes.createBroker();
aedes.on('publish', ({ payload }, client) => {
  if (client !== null) receipts.add(payload.toString());
});

await serveReceipts(receipts, async () => {
  const server = createServer(aedes.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { live: [(server.address() as AddressInfo).port], hanging: [] };
});
