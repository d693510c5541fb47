import type { JsonObject, JsonValue } from '../json.ts';

/** How notifications reach the one who subscribed. */
export type Delivery = HttpDelivery | MqttDelivery | StreamDelivery;

/**
 * A text with `${…}` macros in it, which are filled in for each notification; a text without any stands for itself.
 * Only custom deliveries have templates: elsewhere `${` means nothing.
 */
export type Template = string;

export interface HttpDelivery {
  readonly kind: 'http';
  /** The URL is a template where the delivery is custom. */
  readonly target: DeliveryTarget;
  /** How long to wait for an answer, at most 1,800,000; absent: as long as the broker waits by default. */
  readonly timeoutMs?: number;
  readonly custom?: HttpCustomization;
}

export interface MqttDelivery {
  readonly kind: 'mqtt';
  readonly target: DeliveryTarget;
  /** A template where the delivery is custom. */
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly credentials?: MqttCredentials;
  /** Of the protocol; absent: 3.1.1, or as the operator says of the endpoint. */
  readonly version?: MqttVersion;
  readonly custom?: MqttCustomization;
}

/** Nothing is sent anywhere: whoever reads the stream of the subscription gets its notifications. */
export interface StreamDelivery {
  readonly kind: 'stream';
}

/** Where to: an address, or the name of an endpoint whose address and secrets the operator keeps. */
export type DeliveryTarget =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'endpoint'; readonly name: string };

/** Levels of the protocol, as MQTT counts them: 4 is 3.1.1. */
export type MqttVersion = 4 | 5;

export interface MqttCredentials {
  readonly user: string;
  readonly password: string;
}

export interface HttpCustomization {
  /** POST where absent. */
  readonly method?: HttpMethod;
  /** By name; both are templates. An empty value takes the header away. */
  readonly headers: ReadonlyMap<Template, Template>;
  /** The query string, by name; both are templates. */
  readonly query: ReadonlyMap<Template, Template>;
  readonly body: CustomBody;
}

export interface MqttCustomization {
  readonly body: CustomBody;
}

export const httpMethods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'] as const;

export type HttpMethod = (typeof httpMethods)[number];

/** What a custom notification says instead of, or as, the usual body. */
export type CustomBody =
  /** The usual body. */
  | { readonly kind: 'default' }
  /** No body. */
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly template: Template }
  /** Every string in it, at any depth, is a template; names of members are not. */
  | { readonly kind: 'json'; readonly template: JsonObject | readonly JsonValue[] }
  /** The usual body, after the entity was patched. */
  | { readonly kind: 'patch'; readonly patch: EntityPatch };

/** Changes to the entity that a notification shows; the stored entity stays as it is. */
export interface EntityPatch {
  readonly id?: Template;
  readonly type?: Template;
  /** Updated or appended before the notification selects attributes, in the order in which they are evaluated: ties keep the client's. */
  readonly attributes: readonly PatchedAttribute[];
}

export interface PatchedAttribute {
  readonly name: string;
  readonly declaredType: string;
  /** Every string in it, at any depth, is a template. */
  readonly value: JsonValue;
}
