// Starts the disk thread where the sources run uncompiled: a worker does not inherit what reads TypeScript on the main thread.
import { register } from 'tsx/esm/api';

register();
await import('./disk-worker.ts');
