import type { DeliveryTarget, HttpMethod, MqttCredentials, MqttVersion } from './delivery.ts';

/** A notification as a transport sends it: every macro filled in, every header said. Sending it again gives the same message. */
export type OutgoingNotification = OutgoingHttp | OutgoingMqtt | OutgoingStream;

export interface OutgoingHttp {
  readonly kind: 'http';
  readonly target: OutgoingTarget;
  readonly method: HttpMethod;
  /**
   * By name, each name once whatever its case. Values are bytes: a character beyond ASCII is written as those of its UTF-8, and
   * there are no controls. The transport adds those that say how the message is framed (`Host`, `Content-Length` …).
   */
  readonly headers: ReadonlyMap<string, string>;
  /** Absent: the message has none. */
  readonly body?: string;
  /** How long to wait for an answer; absent: as long as the broker waits by default. */
  readonly timeoutMs?: number;
}

export interface OutgoingMqtt {
  readonly kind: 'mqtt';
  /** Of the notification: the same for each attempt. MQTT 5 carries it beside the message; MQTT 3.1.1 has no place for it. */
  readonly id: string;
  readonly target: DeliveryTarget;
  /** A topic that can be published to. */
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly credentials?: MqttCredentials;
  /** As in `MqttDelivery`. */
  readonly version?: MqttVersion;
  /** May be empty. */
  readonly body: string;
}

export interface OutgoingStream {
  readonly kind: 'stream';
  readonly body: string;
}

/** Where to: an absolute `http` or `https` URL; or an endpoint, with what is to be added to the path and the query of its address. */
export type OutgoingTarget =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'endpoint'; readonly name: string; readonly path?: string; readonly query: string };

/** There is nothing to tell any more: the notification is done without having been sent. */
export interface Needless {
  readonly kind: 'needless';
}

/** The notification cannot be sent, now or ever: nothing that happens elsewhere will change it. */
export interface Unsendable {
  readonly kind: 'unsendable';
  /** For the one who reads the subscription. */
  readonly reason: string;
}
