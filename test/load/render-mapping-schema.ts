import { mappingSchema } from '../../src/load/mapping.ts';

/** The published schema of mapping files, as the loader checks them. */
export function renderMappingSchema(): string {
  return `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...mappingSchema }, null, 2)}\n`;
}
