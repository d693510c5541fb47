import type { Config } from '../config/options.ts';

/** What the first process tells a worker besides connections. */
export type ToWorker =
  | {
      readonly kind: 'begin';
      readonly config: Config;
      readonly worker: number;
      /** Where Unix sockets of the processes lie: `1.sock` is that of the first. */
      readonly sockets: string;
    }
  /** Let what is under way end, and end. */
  | { readonly kind: 'stop' };

/** What comes with a connection. */
export const connectionMessage = 'connection';

/** What a worker tells the first process. */
export type FromWorker =
  /** It may get connections, as far as it is up to the worker. */
  { readonly kind: 'ready' };

/** The file descriptor of a worker at which it hears what the first process commits. */
export const feedDescriptor = 4;

export function socketOf(sockets: string, worker: number): string {
  return process.platform === 'win32'
    ? `\\\\.\\pipe\\${sockets.replace(/[\\/:]/g, '-')}-${worker}`
    : `${sockets}/${worker}.sock`;
}
