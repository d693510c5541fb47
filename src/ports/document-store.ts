import type { JsonObject } from '../core/json.ts';
import type { TenantName } from '../core/scope.ts';

/** What a tenant's documents are about; each kind is a namespace of ids. */
export type DocumentKind =
  | 'registration'
  /** What became of what was forwarded, by the id of the registration. */
  | 'forwarding'
  /** How far a subscription has been told of what was there before it, by its id. */
  | 'synchronization'
  | 'model'
  | 'modelPolicy'
  | 'dataset'
  /** What is said of all datasets together. */
  | 'catalogue'
  /** Who fetched how much of a dataset, by dataset, month and broker. */
  | 'downloads'
  /** JSON-LD contexts that are hosted for clients. */
  | 'context'
  | 'serviceGroup'
  /** What devices sent and was not stored. */
  | 'refusedReading'
  | 'device'
  /** What a device was told and has not answered. */
  | 'command';

/** Something that the broker keeps for itself in JSON: few of a kind beside the entities, and read as a whole. */
export interface StoredDocument {
  readonly id: string;
  readonly document: JsonObject;
}

/**
 * The documents of one kind of one tenant. Refusals: `storeUnavailable`; then nothing has changed.
 *
 * Of two writes of one document the later one stands.
 */
export interface DocumentStore {
  /** All of them, in the order in which they were created. */
  list(): Promise<readonly StoredDocument[]>;

  /**
   * Adds documents, or replaces those of their ids in their places; all of them or none. Resolves once that is durable and
   * the listeners have heard of it. The first write of a tenant brings it to be, and refuses with `limitReached` where
   * there are too many. Cheap in bulk: what comes together with other writes shares their commit.
   */
  put(documents: readonly StoredDocument[]): Promise<void>;

  /** Removes documents, passing over those that do not exist; resolves as `put` does. */
  remove(ids: readonly string[]): Promise<void>;
}

/**
 * Hears of documents once their change is durable, whichever broker on the same data changed them. One change may be told
 * more than once, and changes by others with a delay; what is told last of a document is how it stands.
 */
export type DocumentListener = (tenant: TenantName, kind: DocumentKind, change: DocumentChange) => void;

export type DocumentChange =
  | { readonly kind: 'put'; readonly documents: readonly StoredDocument[] }
  | { readonly kind: 'removed'; readonly ids: readonly string[] };
