import type { ForwardingMode } from '../../../core/registration/registration.ts';
import type { EntityDocument, HttpDocument } from '../subscriptions/subscription-document.ts';

/*
 * A registration as the store keeps it and GET shows it: checked, without what nobody asked for, members in the order of the
 * reference implementation. Status and counters are not in it.
 */

/** Of a type, not an interface, so that it is a `JsonObject`. */
export type RegistrationDocument = {
  readonly description?: string;
  /** `2026-01-31T12:00:00.000Z`. */
  readonly expires?: string;
  readonly dataProvided: ProvidedDocument;
  readonly provider: ProviderDocument;
};

export type ProvidedDocument = {
  readonly entities: readonly EntityDocument[];
  /** Empty: any. */
  readonly attrs: readonly string[];
  readonly expression?: AreaDocument;
};

export type AreaDocument = {
  readonly georel: string;
  readonly geometry: string;
  readonly coords: string;
};

export type ProviderDocument = {
  /** Extension: `timeout` in milliseconds, and `endpoint` in the place of `url`. */
  readonly http: HttpDocument;
  readonly supportedForwardingMode: ForwardingMode;
};
