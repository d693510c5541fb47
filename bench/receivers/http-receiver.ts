import { createServer, type Server } from 'node:net';
import { answeringServer, portOf } from './listening.ts';
import { Receipts, serveReceipts } from './receipts.ts';

/** HTTP servers that answer, and others that never do. Arguments: how many of each. */
const [live = '1', hanging = '0'] = process.argv.slice(2);
const receipts = new Receipts();

function silent(): Server {
  return createServer((socket) => socket.on('error', () => socket.destroy()).resume());
}

async function listening(count: number, make: () => Server): Promise<number[]> {
  const ports: number[] = [];
  for (let made = 0; made < count; made++) ports.push(await portOf(make()));
  return ports;
}

await serveReceipts(receipts, async () => ({
  live: await listening(Number(live), () => answeringServer(receipts)),
  hanging: await listening(Number(hanging), silent),
}));
