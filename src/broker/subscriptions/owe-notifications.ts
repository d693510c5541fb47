import type { EntityChange } from '../../core/change/entity-change.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import type { ChangeOrigin } from '../../core/subscription/change-origin.ts';
import { closesLoop } from '../../core/subscription/closes-loop.ts';
import { matchSubscriptions, type Wake } from '../../core/subscription/match-subscriptions.ts';
import { changeFacts } from '../../core/subscription/notification-facts.ts';
import type { EntityWrite } from '../../ports/entity-store.ts';
import type { Log } from '../../ports/log.ts';
import type { OwedChange } from '../../ports/outbox.ts';
import type { TenantSubscriptions } from './tenant-subscriptions.ts';

/**
 * Tells, write by write, what the writes of one request owe to subscriptions. The ordinals go on from call to call.
 *
 * Nothing is owed of a change that would keep broker and receiver busy for ever, nor to a subscription that drops what comes
 * within a period that is known to be running.
 */
export function oweNotifications(
  subscriptions: TenantSubscriptions,
  origin: ChangeOrigin,
  now: EpochMs,
  log: Log,
): (writes: readonly EntityWrite[]) => readonly OwedChange[] {
  const ownOrigin = originAlone(origin);
  let ordinal = 0;
  return (writes) => {
    if (subscriptions.index.size === 0) return [];
    const owed: OwedChange[] = [];
    for (const { change } of writes) {
      const wakes = matchSubscriptions(change, ownOrigin, subscriptions.index, now).filter(isDue);
      if (wakes.length === 0) continue;
      const entityId = entityOf(change).id;
      if (closesLoop(change, ownOrigin)) {
        log.warn({ entity: entityId, correlator: origin.correlator }, 'a notification came back: it wakes nobody');
        continue;
      }
      owed.push({
        entityId,
        facts: changeFacts(change, ownOrigin, now),
        wakes: wakes.map(({ subscription, alteration }) => {
          return { subscriptionId: subscription.id, alteration, ordinal: ++ordinal };
        }),
      });
    }
    return owed;
  };

  function isDue({ subscription: { id, throttling } }: Wake): boolean {
    return throttling?.mode !== 'drop' || now >= subscriptions.throttledUntil(id);
  }
}

function entityOf(change: EntityChange) {
  return change.kind === 'removed' ? change.before : change.after;
}

/** Without what else a request has: it is stored with the change. */
function originAlone({
  tenant,
  correlator,
  authToken,
  authorization,
  via,
  hasReturned,
  fromCustomNotification,
}: ChangeOrigin): ChangeOrigin {
  return {
    tenant,
    correlator,
    ...(authToken !== undefined && { authToken }),
    ...(authorization !== undefined && { authorization }),
    ...(via !== undefined && { via }),
    ...(hasReturned !== undefined && { hasReturned }),
    ...(fromCustomNotification !== undefined && { fromCustomNotification }),
  };
}
