import type { BatchAction } from '../../core/change/batch-action.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import type { WriteOptions } from '../../core/change/mutation.ts';
import type { Entity, EpochMs } from '../../core/entity/entity.ts';
import type { Question } from '../../core/registration/question.ts';
import type { Provider, RegistrationDialect } from '../../core/registration/registration.ts';
import type { ScopePath, ScopePattern, TenantName } from '../../core/scope.ts';
import type { OutgoingHttp } from '../../core/subscription/outgoing-notification.ts';

/** Whom a request that is forwarded is from, and about which part of the data. */
export interface Envelope {
  readonly tenant: TenantName;
  /** Absent: what the provider takes where nothing is said. */
  readonly scopes?: readonly ScopePattern[];
  readonly correlator: string;
  readonly authToken?: string;
  /** The brokers that it has passed, this one last. */
  readonly via: readonly string[];
}

/** A question as it is asked: with those of its filters that the dialect has words for. */
export interface AskedQuestion {
  readonly message: OutgoingHttp;
  /** The order is in it. */
  readonly ordered: boolean;
}

/** What a provider answered. */
export interface ProviderAnswer {
  readonly entities: readonly Entity[];
  /** How many entities there were in it that nobody could read. */
  readonly unreadable: number;
  /** How many there are in all, if it says so. */
  readonly total?: number;
}

/** What entities of an answer are given that the answer does not say. */
export interface AnswerContext {
  readonly scope: ScopePath;
  readonly now: EpochMs;
  readonly correlator: string;
}

/** An update of entities, all of them by one action. */
export interface ForwardedUpdate {
  readonly action: BatchAction;
  /** As in `batchUpdate`. */
  readonly drafts: readonly EntityDraft[];
  readonly options: Pick<WriteOptions, 'overrideMetadata' | 'forced'>;
}

/** What a provider made of an update. */
export type UpdateVerdict =
  | { readonly kind: 'done' }
  /** It does not have that. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** It has it and does not want to. */
  | { readonly kind: 'refused'; readonly reason: string };

/** How providers are spoken to that were registered in the dialect. Pure. */
export interface ProviderDialect {
  renderQuestion(question: Question, provider: Provider, envelope: Envelope): AskedQuestion;
  /** Throws an `Error` for what is no answer; entities that cannot be read are left out. `header` as in `AskOutcome`. */
  parseAnswer(body: string, header: (name: string) => string | undefined, context: AnswerContext): ProviderAnswer;
  renderUpdate(update: ForwardedUpdate, provider: Provider, envelope: Envelope): OutgoingHttp;
  /** What an answer to an update means whose status is below 500. */
  judgeUpdate(status: number, body: string): UpdateVerdict;
}

export type ProviderDialects = { readonly [Dialect in RegistrationDialect]: ProviderDialect };
