import type { Attribute, AttributeBase, EpochMs } from '../entity/entity.ts';
import type { JsonValue } from '../json.ts';
import type { ExpirePartsMutation } from './expire-parts.ts';
import type { PatchMutation, RemoveInstancesMutation, ReplaceEntityMutation } from './patch-entity.ts';

/** What a client asks to happen to the attributes of one entity, whichever dialect asked it. `apply` says what it does. */
export type Mutation =
  | AttributesMutation
  | PatchMutation
  | ReplaceEntityMutation
  | RemoveInstancesMutation
  | ExpirePartsMutation;

/** What writes or removes whole attributes, in their default instances. */
export type AttributesMutation = AppendMutation | UpdateMutation | ReplaceMutation | RemoveAttributesMutation;

/** Adds the absent attributes and updates the present ones; `strict` leaves the present ones alone and reports them. */
export interface AppendMutation extends WriteOptions {
  readonly kind: 'append';
  readonly writes: readonly AttributeWrite[];
  readonly strict: boolean;
}

/** Updates the present attributes; the absent ones are left out and reported. */
export interface UpdateMutation extends WriteOptions {
  readonly kind: 'update';
  readonly writes: readonly AttributeWrite[];
}

/** Leaves the entity with exactly these attributes, all new; it expires only if the write says so. */
export interface ReplaceMutation extends WriteOptions {
  readonly kind: 'replace';
  readonly writes: readonly AttributeWrite[];
}

/** Removes the present attributes, with all their instances; the absent ones are reported. */
export interface RemoveAttributesMutation {
  readonly kind: 'remove';
  /** `expiryName` stands for the expiry, unless an attribute has that name. */
  readonly names: readonly string[];
}

export interface WriteOptions {
  /**
   * Metadata that an attribute has and the write does not name go away; otherwise they stay.
   * Never set for a write of the bare value, which has no say about metadata. [V2 metadata update semantics]
   */
  readonly overrideMetadata: boolean;
  /** The change counts as one even where old and new are equal. */
  readonly forced: boolean;
  /** Given: the entity expires then (null: never). Absent: as before. */
  readonly expiresAt?: EpochMs | null;
}

/**
 * How the expiry of an entity is called among its attributes: in changes, and where a report lists what exists or not.
 *
 * Clients of NGSIv2 write it like an attribute, so it is missing, existing and changed like one. [V2 transient entities]
 */
export const expiryName = 'dateExpires';

/** The type stays that of the attribute if it exists, else it is the default for the value. A symbol: any text is a type. */
export const keepType: unique symbol = Symbol('keep the declared type');

/** One attribute as a client wrote it. */
export interface AttributeWrite {
  readonly name: string;
  /** Read under the declared type; under the default type of the value where the type is to be kept. */
  readonly content: AttributeContent | UpdateOperation;
  readonly declaredType: string | typeof keepType | undefined;
  /** What the content must be read with, where the type or the value is known only when the write meets the attribute. */
  readonly readContent?: ContentReader;
  /** In the client's order; `undefined`: the client named none. */
  readonly subAttributes: ReadonlyMap<string, SubAttributeWrite> | undefined;
  readonly observedAt?: EpochMs;
}

export interface SubAttributeWrite {
  readonly content: AttributeContent;
  readonly declaredType?: string;
}

/** What a value means under a declared type (a place, an instant …): the dialect's knowledge. Pure; may throw a `Refusal`. */
export type ContentReader = (name: string, value: JsonValue, declaredType: string) => AttributeContent;

type ContentOf<A> = A extends Attribute ? Omit<A, keyof AttributeBase> : never;

/** An attribute without what every kind has: kind and payload. */
export type AttributeContent = ContentOf<Attribute>;

/** An update operator of NGSIv2 and its argument; applied to the value that the attribute has at that moment. */
export interface UpdateOperation {
  readonly kind: 'operation';
  readonly operator: UpdateOperator;
  readonly argument: JsonValue;
  /** Beside `$set` only: what `$unset` takes away, none of which is set. */
  readonly unset?: JsonValue;
}

export const updateOperators = [
  '$inc',
  '$mul',
  '$min',
  '$max',
  '$push',
  '$addToSet',
  '$pull',
  '$pullAll',
  '$set',
  '$unset',
] as const;

export type UpdateOperator = (typeof updateOperators)[number];
