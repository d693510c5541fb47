import type { EntityRef } from './entity/entity-ref.ts';
import type { EntityViolations } from './model/violation.ts';

/**
 * Why a request was refused: closed, so that each dialect words every one of them or does not compile.
 *
 * A refusal is the client's business and changes nothing. A bug is an assertion and never a refusal.
 */
export type RefusalReason =
  /** The request itself is wrong. `description` says what, where and what would be right, in the dialect's words. */
  | { readonly kind: 'invalidRequest'; readonly description: string }
  /** The body is not JSON, or nests too deep. */
  | { readonly kind: 'invalidJson' }
  | { readonly kind: 'bodyTooLarge'; readonly limitBytes: number; readonly bytes?: number }
  | { readonly kind: 'lengthRequired' }
  | { readonly kind: 'unsupportedMediaType'; readonly description: string }
  | { readonly kind: 'notAcceptable'; readonly accepted: readonly string[] }
  | { readonly kind: 'methodNotAllowed'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknownPath' }
  | { readonly kind: 'notImplemented'; readonly description: string }
  /** A document that the request refers to, a JSON-LD context, cannot be had. `description` says why. */
  | { readonly kind: 'contextUnavailable'; readonly url: string; readonly description: string }
  /** What the request gives as a JSON-LD context is none. */
  | { readonly kind: 'invalidContext'; readonly description: string }
  | { readonly kind: 'contextNotFound' }
  /** The request is well formed and asks what is never done. */
  | { readonly kind: 'unsupportedOperation'; readonly description: string }
  | { readonly kind: 'tenantNotFound' }
  | { readonly kind: 'entityNotFound' }
  | { readonly kind: 'attributeNotFound' }
  | { readonly kind: 'typeNotFound' }
  | { readonly kind: 'modelNotFound' }
  /** The policy of models has no rule of the id. */
  | { readonly kind: 'modelRuleNotFound' }
  | { readonly kind: 'entityExists' }
  | { readonly kind: 'subscriptionNotFound' }
  /** A client asked for an id that another subscription has. */
  | { readonly kind: 'subscriptionExists' }
  | { readonly kind: 'registrationNotFound' }
  /** A client asked for an id that another registration has. */
  | { readonly kind: 'registrationExists' }
  | { readonly kind: 'datasetNotFound' }
  /** A dataset of that id exists: its ids are public, and so one tenant's alone. */
  | { readonly kind: 'datasetExists' }
  /** Attributes that a data model marks personal were to be published without a reason; `marks` says which model marks each. */
  | { readonly kind: 'personalData'; readonly marks: ReadonlyMap<string, string> }
  /** Several entities fit where one was meant. */
  | { readonly kind: 'ambiguousEntity' }
  /**
   * Attributes, or whole entities of a batch, that had to exist do not;
   * `written` tells whether something else of the same request was written.
   */
  | { readonly kind: 'attributesMissing'; readonly missing: readonly AttributesOfEntity[]; readonly written: boolean }
  /** Attributes that must not exist do; `written` as above. */
  | { readonly kind: 'attributesExist'; readonly existing: readonly AttributesOfEntity[]; readonly written: boolean }
  /** Entities of a batch do not exist; `written` tells whether others of the batch were written. */
  | { readonly kind: 'entitiesNotFound'; readonly missing: readonly EntityRef[]; readonly written: boolean }
  /** More than one place for an entity where the configuration allows one. */
  | { readonly kind: 'tooManyLocations' }
  /** An update operator (`$inc` …) does not fit the value that it met, or its argument does not fit the operator. */
  | {
      readonly kind: 'operatorMismatch';
      readonly attribute: string;
      readonly operator: string;
      readonly where: 'value' | 'argument';
      /** The member of the argument that is wrong; absent: the argument, or the value, as a whole. */
      readonly member?: string;
      /** The kind of JSON value that was found there. */
      readonly found: string;
    }
  /** The entity would not be as its data model has it, and the policy refuses that. */
  | ({ readonly kind: 'modelViolated' } & EntityViolations)
  /**
   * What was forwarded was not done, or not by all who should have: at least one failure. `missing` are attributes, or the
   * entity, that are neither here nor anybody's; `written` as above.
   */
  | {
      readonly kind: 'forwardingFailed';
      readonly failures: readonly ForwardingFailure[];
      readonly missing: readonly AttributesOfEntity[];
      readonly written: boolean;
    }
  /** Entities of a batch were refused for reasons that no other refusal covers together; `written` as above. */
  | { readonly kind: 'batchRefused'; readonly refused: readonly RefusedEntity[]; readonly written: boolean }
  /** The query is valid but asks what cannot be answered. */
  | { readonly kind: 'unsupportedQuery'; readonly description: string }
  | { readonly kind: 'queryTimeout'; readonly limitMs: number }
  /** A limit of the configuration on what a client can grow. */
  | { readonly kind: 'limitReached'; readonly what: string; readonly limit: number }
  /** Too many wait, requests where nothing else is named; the client may try again. */
  | {
      readonly kind: 'overloaded';
      readonly what?: 'requests' | 'notifications' | 'streams';
      readonly retryAfterSeconds: number;
    }
  /**
   * The store could not make the change durable, and nothing of it is visible; or it cannot be asked. Where a time is given the
   * store is expected back, and what was under way when it went may have been done.
   */
  | { readonly kind: 'storeUnavailable'; readonly description: string; readonly retryAfterSeconds?: number };

/** An entity and names of attributes of it, for the messages about what does or does not exist. */
export interface AttributesOfEntity {
  readonly entity: EntityRef;
  /** Absent: the entity itself is meant. */
  readonly attributes?: readonly string[];
}

/** What a provider did not do. */
export interface ForwardingFailure extends AttributesOfEntity {
  /** Its address, or the name of its endpoint. */
  readonly provider: string;
  readonly reason: string;
  /** `unknown`: it does not have that; `refused`: it does not want to; `unreached`: nobody knows. */
  readonly kind: 'unknown' | 'refused' | 'unreached';
}

/** One entity of a batch and why it was refused; its reason is that of the same request for it alone. */
export interface RefusedEntity {
  readonly entity: EntityRef;
  readonly reason: RefusalReason;
}

/** One request refused. Thrown through broker and store, worded by the dialect at the edge. */
export class Refusal extends Error {
  constructor(readonly reason: RefusalReason) {
    super(reason.kind);
    this.name = 'Refusal';
  }
}

/** Refuses a request that is wrong in itself. */
export function invalidRequest(description: string): Refusal {
  return new Refusal({ kind: 'invalidRequest', description });
}
