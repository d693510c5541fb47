import type { EpochMs } from '../entity/entity.ts';
import type { AttributeWrite } from './mutation.ts';

/** An entity as a client wrote it, before it meets what the store holds. */
export interface EntityDraft {
  readonly id: string;
  /** Empty where the client gave none: `defaultEntityType` for a new entity, any type for an existing one. */
  readonly types: readonly string[];
  readonly writes: readonly AttributeWrite[];
  /** As in `WriteOptions`. */
  readonly expiresAt?: EpochMs | null;
}

/** The type of an entity that is created without one, which only NGSIv2 allows. [V2 entity type] */
export const defaultEntityType = 'Thing';
