import { mqttServer, portOf } from './listening.ts';
import { Receipts, serveReceipts } from './receipts.ts';

const receipts = new Receipts();
await serveReceipts(receipts, async () => ({ live: [await portOf(await mqttServer(receipts))], hanging: [] }));
