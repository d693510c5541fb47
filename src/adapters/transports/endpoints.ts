/** An address that the operator keeps, with the secrets that go with it; subscriptions know its name alone. */
export interface HttpEndpoint {
  /** Absolute. */
  readonly url: string;
  /** Sent with every request, in place of headers of the notification of the same name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsMaterial;
}

export interface MqttEndpoint {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly tls?: TlsMaterial;
  /** 4 is MQTT 3.1.1; absent: that. */
  readonly protocolVersion?: 4 | 5;
}

/** Whom to trust and who we are, as PEM texts; what is absent is as the runtime has it. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Endpoints by name. */
export interface Endpoints {
  readonly http: ReadonlyMap<string, HttpEndpoint>;
  readonly mqtt: ReadonlyMap<string, MqttEndpoint>;
}
