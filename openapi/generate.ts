import { writeFileSync } from 'node:fs';
import { renderDocuments } from './render-document.ts';

/** Writes openapi/ngsiv2.json and openapi/ngsi-ld.json from the registered routes; a test fails when one is out of date. */
for (const [name, document] of Object.entries(await renderDocuments())) {
  writeFileSync(new URL(`./${name}.json`, import.meta.url), document);
}
