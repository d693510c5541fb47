import type { Expression } from '../../core/expression/expression.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';

/** What a service group or a device says of how measures become attributes, read from its document. [IoTA entity attributes] */
export interface Definitions {
  readonly attributes: readonly ActiveAttribute[];
  readonly lazy: readonly NamedAttribute[];
  readonly commands: readonly Command[];
  readonly statics: readonly StaticAttribute[];
  /** Whether readings are given a time: see `observedAtOf`. */
  readonly timestamp?: boolean;
  readonly explicitAttrs?: boolean | Expression;
  readonly entityType?: string;
  readonly transport?: 'MQTT' | 'HTTP';
  /** Where an HTTP device takes commands: an expression, or an address. */
  readonly endpoint?: string;
  readonly payloadType?: PayloadType;
  /** Which of two readings of an attribute stands. */
  readonly ordering?: Ordering;
  readonly commandExpirySeconds?: number;
}

/** `lastObserved`: a reading that was observed before the one that is stored is passed over. `lastReceived`: it replaces it. */
export type Ordering = 'lastObserved' | 'lastReceived';

export type PayloadType = 'iotagent' | 'ngsiv2' | 'ngsild';

/** An attribute as the device calls it and as the entity does. */
export interface NamedAttribute {
  readonly objectId: string;
  readonly name: string;
  readonly type: string;
  readonly metadata?: JsonObject;
}

/** An attribute that the device reports. */
export interface ActiveAttribute extends NamedAttribute {
  readonly expression?: Expression;
  /** A result of the expression that is not written; null unless told otherwise. */
  readonly skipValue: JsonValue;
  /** The entity that has the attribute, where it is not that of the device. */
  readonly entity?: { readonly name: EntityName; readonly type?: string };
}

/** What an entity is called: in so many words, or by an expression of the measures. */
export interface EntityName {
  readonly text: string;
  /** Absent: the text is no expression. */
  readonly expression?: Expression;
}

export interface StaticAttribute {
  readonly name: string;
  readonly type: string;
  readonly value: JsonValue;
  readonly metadata?: JsonObject;
}

export interface Command extends NamedAttribute {
  readonly expression?: Expression;
  readonly payloadType: CommandPayload;
  readonly contentType: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/** How the value of a command becomes bytes. [IoTA commands transformations] */
export type CommandPayload = 'json' | 'text' | 'binaryfromstring' | 'binaryfromhex' | 'binaryfromjson';
