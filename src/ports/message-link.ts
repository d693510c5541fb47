/** A message that came in over MQTT. */
export interface DeviceMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Who sent it, for logs and records: the name of a login, or of a connection. */
  readonly sender: string;
  /** The sender's connection serves one device alone, so that it can be made to wait without others waiting too. */
  readonly isAlone: boolean;
  /** Where the sender wants its answer, if the protocol lets it say so. [MQTT5 4.10] */
  readonly reply?: MessageReply;
}

export interface MessageReply {
  readonly topic: string;
  readonly correlationData?: Uint8Array;
}

export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: Uint8Array | string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly correlationData?: Uint8Array;
}

/** A way to and from devices over MQTT: a broker in this process, or a connection to another one. */
export interface MessageLink {
  /** Publishes to whoever listens. Resolves once it is out, as far as the quality of service says; rejects where it cannot be. */
  publish(message: OutgoingMessage): Promise<void>;

  /**
   * Hands a message to those who listen to its topic now: `delivered` once one of them has acknowledged it, or the broker
   * between has; `absent` where it is known that nobody listens. Rejects where the connection is lost meanwhile.
   */
  deliver(message: OutgoingMessage): Promise<'delivered' | 'absent'>;

  /** Takes messages of these topic filters from now on, and of no others; for links that have to ask for them. */
  listen(filters: readonly string[]): void;

  /** Stops taking messages. Those under way are not acknowledged any more. */
  close(): Promise<void>;
}

/** Takes what comes in over links. */
export interface MessageListener {
  /** Resolves when the message may be acknowledged; rejects when it must not be: it has to come again. */
  take(message: DeviceMessage): Promise<void>;
  /** Somebody listens to the topic from now on. Wildcards are not told of. */
  listening(topic: string): void;
  /** A broker between is there, for the first time or again: what could not be delivered can be tried. */
  connected(): void;
}

/** Who may connect to the broker in this process, and what for. */
export interface MessageAccess {
  /** Undefined: nobody we know, or not with these credentials. */
  login(credentials: MessageCredentials): MessageLogin | undefined;
}

export interface MessageCredentials {
  readonly clientId: string;
  readonly user?: string;
  readonly password?: string;
  /** Common name of a certificate that was verified. */
  readonly certificateName?: string;
}

export interface MessageLogin {
  readonly name: string;
  /** The one device that it is for; absent: it may speak for several. */
  readonly device?: string;
  mayPublish(topic: string): boolean;
  maySubscribe(filter: string): boolean;
}
