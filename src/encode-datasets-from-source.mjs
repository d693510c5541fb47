// Starts the thread that makes files where the sources run uncompiled: a worker does not inherit what reads TypeScript on the main thread.
import { register } from 'tsx/esm/api';

register();
await import('./encode-datasets.ts');
