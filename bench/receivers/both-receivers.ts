import { answeringServer, mqttServer, portOf } from './listening.ts';
import { Receipts, serveReceipts } from './receipts.ts';

/** One HTTP server and one MQTT broker. */
const receipts = new Receipts();
await serveReceipts(receipts, async () => ({
  live: [await portOf(answeringServer(receipts)), await portOf(await mqttServer(receipts))],
  hanging: [],
}));
