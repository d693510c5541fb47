import { writeFileSync } from 'node:fs';
import { createModelRegistry } from '../../src/adapters/models/ajv-model-registry.ts';
import { renderModelIndex } from './render-model-index.ts';

writeFileSync('schemas/models/README.md', renderModelIndex(createModelRegistry().shipped));
