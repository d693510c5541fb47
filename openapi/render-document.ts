import { parseConfig } from '../src/config/config.ts';
import { packageVersion } from '../src/config/package-version.ts';
import { Availability } from '../src/http/availability.ts';
import { createServer } from '../src/http/server.ts';
import { createLog } from '../src/observe/log.ts';

/** The API documents that are published with the package, as JSON text: what a broker with the defaults serves. */
export async function renderDocuments(): Promise<{ readonly ngsiv2: string; readonly 'ngsi-ld': string }> {
  const config = parseConfig({});
  const app = await createServer({
    ...config,
    availability: new Availability(),
    log: createLog('silent'),
    version: packageVersion,
    limits: { filterLength: config.maxFilterLength },
  });
  await app.ready();
  const documents = { ngsiv2: rendered(app.swagger()), 'ngsi-ld': rendered(app.ngsiLdDocument()) };
  await app.close();
  return documents;
}

function rendered(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
