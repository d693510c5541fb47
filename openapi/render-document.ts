import { parseConfig } from '../src/config/config.ts';
import { packageVersion } from '../src/config/package-version.ts';
import { Availability } from '../src/http/availability.ts';
import { createServer } from '../src/http/server.ts';
import { createLog } from '../src/observe/log.ts';

/** The API document that is published with the package, as JSON text: what a broker with the defaults serves. */
export async function renderDocument(): Promise<string> {
  const config = parseConfig({});
  const app = await createServer({
    ...config,
    availability: new Availability(),
    log: createLog('silent'),
    version: packageVersion,
    limits: { filterLength: config.maxFilterLength },
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}
