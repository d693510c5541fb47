import { writeFileSync } from 'node:fs';
import { renderDocument } from './render-document.ts';

/** Writes openapi/ngsiv2.json from the registered routes; a test fails when it is out of date. */
writeFileSync(new URL('./ngsiv2.json', import.meta.url), await renderDocument());
