import type { Entity } from '../../core/entity/entity.ts';
import { providedPart } from '../../core/registration/provided-part.ts';
import type { Question } from '../../core/registration/question.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import type { MissingSource } from './missing-source.ts';
import type { AskedQuestion, ProviderAnswer } from './provider-dialect.ts';
import { nameOfProvider, type ProviderGroup } from './provider-group.ts';

/** What came of one question. */
export type Answered =
  | {
      readonly kind: 'answered';
      /** What the provider told that is its to tell. */
      readonly entities: readonly Entity[];
      /** How many it told, whatever became of them. */
      readonly told: number;
      readonly total?: number;
      /** They are in the order that was asked for. */
      readonly ordered: boolean;
      /** Of what it says itself that something is missing. */
      readonly missing: readonly MissingSource[];
    }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Asks the provider of a group. A provider that does not take what the question says beside entities and attributes is asked
 * again without it: that is seen to here anyway. Never rejects.
 */
export async function askQuestion(
  broker: Broker,
  scope: RequestScope,
  group: ProviderGroup,
  question: Question,
): Promise<Answered> {
  const { providers } = broker;
  const envelope = providers.envelopeOf(group, scope);
  const dialect = providers.dialectOf(group);
  let asked = dialect.renderQuestion(question, group.provider, envelope);
  let outcome = await providers.ask(group, scope, asked.message);
  if (outcome.kind === 'answered' && doesNotUnderstand(outcome.status) && saysMore(question)) {
    asked = dialect.renderQuestion({ ...question, filters: [], order: [] }, group.provider, envelope);
    outcome = await providers.ask(group, scope, asked.message);
  }
  if (outcome.kind !== 'answered') return { kind: 'failed', reason: outcome.reason };
  if (outcome.status === 404) return { kind: 'answered', entities: [], told: 0, ordered: true, missing: [] };
  if (outcome.status < 200 || outcome.status > 299) return { kind: 'failed', reason: `answered ${outcome.status}` };
  const context = { scope: group.scope, now: broker.clock.now(), correlator: scope.correlator };
  let answer: ProviderAnswer;
  try {
    answer = dialect.parseAnswer(outcome.body, outcome.header, context);
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
  return answeredWith(answer, asked, question, group, outcome.header('warning'));
}

function answeredWith(
  { entities, unreadable, total }: ProviderAnswer,
  { ordered }: AskedQuestion,
  { order }: Question,
  { registrations, provider }: ProviderGroup,
  warning: string | undefined,
): Answered {
  const provided = entities.map((entity) => providedPart(entity, registrations)).filter((part) => part !== undefined);
  if (unreadable > 0 && provided.length === 0) return { kind: 'failed', reason: 'its entities cannot be read' };
  return {
    kind: 'answered',
    entities: provided,
    told: entities.length + unreadable,
    ...(total !== undefined && { total }),
    ordered: ordered || order.length === 0,
    missing: warning === undefined ? [] : [{ provider: nameOfProvider(provider), reason: `it says: ${warning}` }],
  };
}

function doesNotUnderstand(status: number): boolean {
  return status === 400 || status === 422 || status === 501;
}

function saysMore({ filters, order }: Question): boolean {
  return filters.length > 0 || order.length > 0;
}
