// Starts the thread of test/adapters/encoding-thread.test.ts from its sources.
import { register } from 'tsx/esm/api';

register();
await import('./encoding-entry.ts');
