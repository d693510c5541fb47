import type { JsonObject } from '../../core/json.ts';
import type { RegistrationDialect, RegistrationTerms } from '../../core/registration/registration.ts';

/** What the broker asks of the dialect that a registration is written in. Pure. */
export interface RegistrationCodec {
  /** What a stored document means. Throws where it means nothing to this release. */
  restore(document: JsonObject): RegistrationTerms;
}

export type RegistrationCodecs = { readonly [Dialect in RegistrationDialect]: RegistrationCodec };
