import type { MessagePort } from 'node:worker_threads';

/** What begins a job in the encoding thread; all else of it goes through the port. */
export interface EncodingRequest<Job> {
  readonly job: Job;
  readonly port: MessagePort;
}

/** To the thread. `taken`: what it told has been read. */
export type ToEncoding =
  | { readonly kind: 'batch'; readonly texts: readonly string[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'taken' };

/** From the thread. `wanted`: there is room for one more batch. */
export type FromEncoding<Progress> =
  | { readonly kind: 'wanted' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: Error };
