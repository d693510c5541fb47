import type { JsonObject, JsonValue } from '../../../core/json.ts';
import type { HttpMethod } from '../../../core/subscription/delivery.ts';
import type { Alteration, NotificationFormat } from '../../../core/subscription/subscription.ts';

/*
 * A subscription as the store keeps it and GET shows it: checked, without what nobody asked for, members in the order of the
 * reference implementation. Status, counters and dates are not in it: they are the broker's, not the client's.
 * [V2 subscription payload datamodel]
 */

export type SubscriptionDocument = {
  readonly description?: string;
  /** `2026-01-31T12:00:00.000Z`. */
  readonly expires?: string;
  readonly subject: SubjectDocument;
  readonly notification: NotificationDocument;
  /** Seconds, more than 0. */
  readonly throttling?: number;
  /** Extension: absent means that what comes too early is dropped. */
  readonly throttlingMode?: 'trailing';
};

export type SubjectDocument = {
  readonly entities: readonly EntityDocument[];
  readonly condition: ConditionDocument;
};

export type EntityDocument = {
  readonly id?: string;
  readonly idPattern?: string;
  readonly type?: string;
  readonly typePattern?: string;
};

export type ConditionDocument = {
  readonly attrs: readonly string[];
  readonly expression?: ExpressionDocument;
  readonly jexlExpression?: string;
  readonly alterationTypes?: readonly Alteration[];
  readonly notifyOnMetadataChange: boolean;
};

export type ExpressionDocument = {
  readonly q?: string;
  readonly mq?: string;
  readonly geometry?: string;
  readonly coords?: string;
  readonly georel?: string;
};

export type NotificationDocument = AttributesDocument & {
  readonly onlyChangedAttrs: boolean;
  readonly attrsFormat: NotificationFormat;
  readonly metadata?: readonly string[];
  readonly maxFailsLimit?: number;
  readonly covered: boolean;
} & DeliveryDocument;

export type AttributesDocument =
  | { readonly attrs: readonly string[]; readonly exceptAttrs?: never }
  | { readonly exceptAttrs: readonly string[]; readonly attrs?: never };

export type DeliveryDocument = {
  readonly http?: HttpDocument;
  readonly httpCustom?: HttpCustomDocument;
  readonly mqtt?: MqttDocument;
  readonly mqttCustom?: MqttCustomDocument;
  /** Extension: nothing is sent, the notifications are there to be read as a stream. */
  readonly stream?: { readonly [member: string]: never };
};

/** Extension: `endpoint`, the name of an address that the operator keeps, in the place of `url`. */
export type TargetDocument = { readonly url?: string; readonly endpoint?: string };

export type HttpDocument = TargetDocument & { readonly timeout?: number };

export type HttpCustomDocument = HttpDocument &
  CustomBodyDocument & {
    readonly method?: HttpMethod;
    readonly qs?: { readonly [name: string]: string };
    readonly headers?: { readonly [name: string]: string };
  };

export type MqttDocument = TargetDocument & {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly user?: string;
  readonly passwd?: string;
};

export type MqttCustomDocument = MqttDocument & CustomBodyDocument;

export type CustomBodyDocument = {
  readonly payload?: string | null;
  readonly json?: JsonObject | readonly JsonValue[];
  readonly ngsi?: JsonObject;
};
