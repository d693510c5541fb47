import { writeFileSync } from 'node:fs';
import { renderMappingSchema } from './render-mapping-schema.ts';

// npx tsx test/load/write-mapping-schema.ts && npx biome format --write schemas
writeFileSync('schemas/mapping.schema.json', renderMappingSchema());
