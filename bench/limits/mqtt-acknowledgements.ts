/*
 * What no MQTT broker in this runtime can be faster than: each publication is parsed and acknowledged, and that is all.
 */

import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { generate, parser } from 'mqtt-packet';

const connack = generate({ cmd: 'connack', returnCode: 0, sessionPresent: false });

createServer((socket) => {
  const packets = parser();
  packets.on('packet', (packet) => {
    if (packet.cmd === 'connect') socket.write(connack);
    if (packet.cmd !== 'publish' || packet.messageId === undefined) return;
    socket.write(Buffer.from([0x40, 2, packet.messageId >> 8, packet.messageId & 0xff]));
  });
  socket.setNoDelay(true);
  socket.on('data', (chunk) => packets.parse(chunk));
  socket.on('error', () => socket.destroy());
}).listen(Number(process.env.ORIEL_MQTT_PORT), '127.0.0.1');

createHttpServer((_request, response) => response.end()).listen(Number(process.env.ORIEL_PORT), '127.0.0.1');
