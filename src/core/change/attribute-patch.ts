import type { Attribute, AttributeKind, EpochMs } from '../entity/entity.ts';
import type { AttributeContent } from './mutation.ts';

/**
 * What an NGSI-LD client says of one instance of an attribute, or of a sub-attribute. `undefined` is what it does not say,
 * null what it takes away. A patch with a payload, laid upon nothing, is a whole attribute. [LD 5.5.8] [LD 5.5.12]
 */
export interface AttributePatch {
  /** Absent: the default instance. */
  readonly datasetId?: string;
  /** Absent: kind and payload stay as they are. */
  readonly payload?: AttributeContent | PayloadReader;
  /** What the client calls it, where it gives no payload: an attribute of another kind is not meant. */
  readonly kind?: AttributeKind;
  readonly valueType?: string | null;
  readonly unitCode?: string | null;
  readonly objectType?: string | readonly string[] | null;
  readonly observedAt?: EpochMs | null;
  readonly expiresAt?: EpochMs | null;
  /** In the client's order; null takes the sub-attribute away. */
  readonly subAttributes?: ReadonlyMap<string, AttributePatch | null>;
}

/** A bare value, which means what the attribute that it meets makes of it. Pure; may throw a `Refusal`. [LD 5.6.17] */
export type PayloadReader = (current: Attribute | undefined) => AttributeContent;

/** A patch of an attribute, by its name; null as the patch takes the instance away. */
export interface NamedPatch {
  readonly name: string;
  readonly datasetId?: string;
  readonly patch: AttributePatch | null;
}

/** Stands for null where JSON-LD has none: in a value that is merged it takes the member away. [LD 4.5.0] */
export const ngsiLdNull = 'urn:ngsi-ld:null';
