import { Refusal, type RefusalReason } from '../core/errors.ts';
import type { EntityViolations } from '../core/model/violation.ts';
import type { RequestScope } from '../core/scope.ts';
import type { ChangeOrigin } from '../core/subscription/change-origin.ts';
import type { Decision, WriteCommand } from '../ports/entity-store.ts';
import type { Broker } from './broker.ts';
import { refuseExcess } from './entities/refuse-excess.ts';
import { judgeWrites } from './models/judge-writes.ts';
import type { JudgementCounts } from './models/judgement-counts.ts';
import { oweNotifications } from './subscriptions/owe-notifications.ts';

/** What became of one command: its result, or why nothing of it was written. */
export type Outcome<Result> =
  | { readonly kind: 'done'; readonly result: Result; readonly warnings: readonly EntityViolations[] }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** Who writes, and is warned. */
type WriteOrigin = ChangeOrigin & Pick<RequestScope, 'warned'>;

/**
 * The one door that changes of entities leave by: subscriptions hear of every one, and what they are owed is in the commit.
 *
 * All commands go in one commit, each deciding on what the ones before it wrote. A command that throws a `Refusal`, or
 * whose entities would grow beyond the limits or break their data model, writes nothing and is refused by itself; the
 * others stand. Resolves, one outcome a command, once all that was written is durable and visible, and the origin was
 * warned of what the policy of models let pass. Rejects, with nothing written, where the store refuses the commit.
 */
export async function commitEach<Result>(
  broker: Broker,
  origin: WriteOrigin,
  commands: readonly WriteCommand<Result>[],
): Promise<Outcome<Result>[]> {
  const { tenant } = origin;
  const owe = oweNotifications(broker.subscriptions.of(tenant), origin, broker.clock.now(), broker.log);
  const models = broker.models.of(tenant);
  const settling = commands.map(
    ({ target, decide }): WriteCommand<Outcome<Result>> => ({
      target,
      decide: (found) => {
        try {
          const { result, writes } = decide(found);
          refuseExcess(writes, broker.limits);
          const warnings = judgeWrites(writes, models);
          return { result: { kind: 'done', result, warnings }, writes, owed: owe(writes) };
        } catch (error) {
          if (error instanceof Refusal) return { result: { kind: 'refused', reason: error.reason }, writes: [] };
          throw error;
        }
      },
    }),
  );
  if (settling.length === 0) return [];
  const outcomes = await broker.stores.tenant(tenant).entities.write(settling);
  tellOfModels(broker.models.countsOf(tenant), origin, outcomes);
  return outcomes;
}

/** Counts what was found wanting, and warns of what was stored all the same. */
function tellOfModels(counts: JudgementCounts, { warned }: WriteOrigin, outcomes: readonly Outcome<unknown>[]): void {
  let warnings: EntityViolations[] | undefined;
  for (const outcome of outcomes) {
    if (outcome.kind === 'refused') {
      if (outcome.reason.kind === 'modelViolated') counts.add(outcome.reason.entity.type, 'refused');
    } else if (outcome.warnings.length > 0) {
      warnings ??= [];
      warnings.push(...outcome.warnings);
    }
  }
  if (warnings === undefined) return;
  for (const { entity } of warnings) counts.add(entity.type, 'warned');
  warned?.(warnings);
}

/** One command through the same door; throws its refusal. */
export async function commit<Result>(
  broker: Broker,
  origin: WriteOrigin,
  command: WriteCommand<Result>,
): Promise<Result> {
  const [outcome] = await commitEach(broker, origin, [command]);
  if (outcome === undefined) throw new Error('The store gave no result for a command');
  if (outcome.kind === 'refused') throw new Refusal(outcome.reason);
  return outcome.result;
}

/** A decision that writes nothing. */
export function leave<Result>(result: Result): Decision<Result> {
  return { result, writes: [] };
}
