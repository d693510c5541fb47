import type { TenantName } from '../../core/scope.ts';
import type { DeadLetterPage, DeadLetterSelection } from '../../ports/outbox.ts';
import type { Broker } from '../broker.ts';

/** Dead letters that are made owed again at once: enough to share a commit, few enough to let others in between two. */
const replaysPerCommit = 500;

/** What was given up, in the order in which it became owed. */
export function listDeadLetters(
  broker: Broker,
  tenant: TenantName,
  selection: DeadLetterSelection,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<DeadLetterPage> {
  return broker.stores.tenant(tenant).outbox.deadLetters(selection, offset, limit);
}

/**
 * Has dead letters delivered as if they had become owed just now, whatever the status of their subscription; returns how many.
 * Refuses as the store does; what was revived by then is delivered.
 */
export async function replayDeadLetters(
  broker: Broker,
  tenant: TenantName,
  selection: DeadLetterSelection,
): Promise<number> {
  const { outbox } = broker.stores.tenant(tenant);
  let replayed = 0;
  let { after = 0 } = selection;
  for (;;) {
    const revived = await outbox.replay({ ...selection, after }, broker.clock.now(), replaysPerCommit);
    broker.notifier.revive(tenant, revived);
    replayed += revived.length;
    after = revived.at(-1)?.id ?? after;
    if (revived.length < replaysPerCommit) return replayed;
  }
}

/** Forgets dead letters for good; returns how many. */
export function purgeDeadLetters(broker: Broker, tenant: TenantName, selection: DeadLetterSelection): Promise<number> {
  return broker.stores.tenant(tenant).outbox.purge(selection);
}
