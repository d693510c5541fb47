import { invalidRequest } from '../../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../../core/json.ts';
import {
  type RegistrationStatus,
  type RegistrationTerms,
  registrationStatuses,
} from '../../../core/registration/registration.ts';
import { parseInstant, renderInstant } from '../../../core/time/instant.ts';
import { membersOf, parseDescription, parseId } from '../managed-document.ts';
import { parseProvided } from './parse-provided.ts';
import { parseProvider } from './parse-provider.ts';
import type { ProvidedDocument, ProviderDocument, RegistrationDocument } from './registration-document.ts';
import type { RegistrationRules } from './registration-rules.ts';
import { readTerms } from './registration-terms.ts';

/** What a body says: to the store, to the broker, and beside both the status. */
export interface ParsedRegistration {
  /** To be stored; `readTerms` reads it again. */
  readonly document: RegistrationDocument;
  readonly terms: RegistrationTerms;
  /** Absent where the client said nothing of it: `active` for a new registration, as it is for another. */
  readonly status?: RegistrationStatus;
}

export interface NewRegistration extends ParsedRegistration {
  /** Extension: the id that the client wants. */
  readonly id?: string;
}

/** The body of `POST /v2/registrations`. Throws nothing but a `Refusal`. [V2 create registration] */
export function parseRegistration(body: JsonValue, rules: RegistrationRules): NewRegistration {
  const members = membersOf(body);
  const id = parseId(members);
  const { dataProvided, provider, status, ...given } = parseMembers(members, rules);
  if (dataProvided === undefined) throw invalidRequest('the field /dataProvided/ is missing in payload');
  if (provider === undefined) throw invalidRequest('the field /provider/ is missing in payload');
  const document = documentOf({ ...given, dataProvided, provider });
  return {
    document,
    terms: readTerms(document),
    ...(status !== undefined && { status }),
    ...(id !== undefined && { id }),
  };
}

/**
 * The body of `PATCH /v2/registrations/{id}`, on the document that is stored: `dataProvided` and `provider` are replaced as a
 * whole; an empty `description` or `expires` takes it away. [V2 update registration]
 */
export function parseRegistrationPatch(
  stored: RegistrationDocument,
  body: JsonValue,
  rules: RegistrationRules,
): ParsedRegistration {
  const { status, ...given } = parseMembers(membersOf(body), rules);
  const document = documentOf({ ...stored, ...given });
  return { document, terms: readTerms(document), ...(status !== undefined && { status }) };
}

interface GivenMembers {
  readonly description?: string;
  readonly expires?: string;
  readonly dataProvided?: ProvidedDocument;
  readonly provider?: ProviderDocument;
  readonly status?: RegistrationStatus;
}

/** In the order of the reference implementation: of several mistakes, the first is told. Unknown members are ignored. */
function parseMembers(members: JsonObject, rules: RegistrationRules): GivenMembers {
  const description = parseDescription(members, rules.text);
  const { dataProvided: provided, provider } = members;
  const dataProvided = provided === undefined ? undefined : parseProvided(provided, rules.text);
  const parsedProvider = provider === undefined ? undefined : parseProvider(provider, rules);
  const expires = parseExpires(members);
  const status = parseStatus(members);
  return {
    ...(description !== undefined && { description }),
    ...(expires !== undefined && { expires }),
    ...(dataProvided !== undefined && { dataProvided }),
    ...(parsedProvider !== undefined && { provider: parsedProvider }),
    ...(status !== undefined && { status }),
  };
}

/** Without what says nothing, in the order in which members are shown. */
function documentOf({
  description = '',
  expires = '',
  dataProvided,
  provider,
}: GivenMembers & Pick<RegistrationDocument, 'dataProvided' | 'provider'>): RegistrationDocument {
  return {
    ...(description !== '' && { description }),
    ...(expires !== '' && { expires }),
    dataProvided,
    provider,
  };
}

/** An instant in the one form in which it is shown, or nothing: then the registration never expires. */
function parseExpires({ expires }: JsonObject): string | undefined {
  if (expires === undefined || expires === '') return expires;
  if (typeof expires !== 'string') throw invalidRequest('expires is not a string');
  const instant = parseInstant(expires);
  if (instant === undefined) throw invalidRequest('the field /expires/ has an invalid format');
  return renderInstant(instant);
}

/** `expired` and `failed` are not for clients to say. */
function parseStatus({ status }: JsonObject): RegistrationStatus | undefined {
  if (status === undefined) return undefined;
  if (typeof status !== 'string') throw invalidRequest('/status/ must be a string');
  const known = registrationStatuses.find((one) => one === status);
  if (known === undefined) throw invalidRequest('invalid value for /status/');
  return known;
}
