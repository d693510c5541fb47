import { createServer } from 'node:http';

/** A provider of one entity of its own that answers after a while. Arguments: the id, and milliseconds. The port is `ORIEL_PORT`. */
const [id = 'Remote', latencyMs = '20'] = process.argv.slice(2);
const answer = JSON.stringify([{ id, type: 'Remote', n: { type: 'Number', value: 1 } }]);

createServer((request, response) => {
  request.resume().on('end', () => {
    if (request.method === 'GET') response.end();
    else {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json', 'fiware-total-count': '1' }).end(answer);
      }, Number(latencyMs));
    }
  });
}).listen(Number(process.env.ORIEL_PORT), '127.0.0.1');
