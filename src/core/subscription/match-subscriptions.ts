import type { AttributeChange, EntityChange, EntityUpdated } from '../change/entity-change.ts';
import { expiryName } from '../change/mutation.ts';
import type { Attribute, Entity, EpochMs } from '../entity/entity.ts';
import { evaluate, selects } from '../query/evaluate.ts';
import { scopesMatch } from '../scope.ts';
import type { ChangeOrigin } from './change-origin.ts';
import type { Alteration, Subscription } from './subscription.ts';
import type { SubscriptionIndex } from './subscription-index.ts';

/** A subscription that a change wakes, and what happened in its eyes. */
export interface Wake {
  readonly subscription: Subscription;
  readonly alteration: Alteration;
}

/**
 * Tells which subscriptions of a tenant a change wakes, in the order in which they came into the index.
 *
 * All must hold: the subscription is not inactive and has not expired; scope and selector cover the entity; what happened is
 * among the alterations it asked for; the change touched a watched attribute (watching none means watching all); filter and
 * condition hold for the entity after the change, for a deletion before it. Throttling is the notifier's: a throttled
 * subscription was still woken.
 *
 * Cost: the index narrows by id, type and the text that their patterns need before anything else is looked at.
 * [V2 notification triggering] [V2 subscriptions based in alteration type] [LD 5.8.6]
 */
export function matchSubscriptions(
  change: EntityChange,
  origin: ChangeOrigin,
  index: SubscriptionIndex,
  now: EpochMs,
): readonly Wake[] {
  const wakes: Wake[] = [];
  for (const subscription of index.candidates(stateOf(change))) {
    const alteration = wakenBy(subscription, change, origin, now);
    if (alteration !== undefined) wakes.push({ subscription, alteration });
  }
  return wakes;
}

/** The plain form, for one subscription: what happened in its eyes, or undefined where the change does not wake it. */
export function wakenBy(
  subscription: Subscription,
  change: EntityChange,
  origin: ChangeOrigin,
  now: EpochMs,
): Alteration | undefined {
  const entity = stateOf(change);
  if (subscription.status === 'inactive' || isExpired(subscription, now)) return undefined;
  if (!scopesMatch(subscription.scopes, entity.scopes) || !selects(subscription.selectors, entity)) return undefined;
  const alteration = alterationOf(subscription, change);
  if (!asksFor(subscription, alteration) || !touchesWatched(subscription, change)) return undefined;
  if (subscription.filter !== undefined && !evaluate(subscription.filter, entity)) return undefined;
  if (subscription.condition?.test({ entity, change, origin }) === false) return undefined;
  return alteration;
}

/** Tells whether the time of a subscription is up. */
export function isExpired({ expiresAt }: Pick<Subscription, 'expiresAt'>, now: EpochMs): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

/** What filters look at and notifications show: the entity after the change, for a deletion its last state. */
function stateOf(change: EntityChange): Entity {
  return change.kind === 'removed' ? change.before : change.after;
}

function alterationOf(subscription: Subscription, change: EntityChange): Alteration {
  switch (change.kind) {
    case 'created':
      return 'entityCreate';
    case 'removed':
      return 'entityDelete';
    case 'updated':
      return change.attributes.some((attribute) => isChanged(subscription, attribute))
        ? 'entityChange'
        : 'entityUpdate';
  }
}

function asksFor({ alterations }: Subscription, alteration: Alteration): boolean {
  return alterations.includes(alteration) || (alteration === 'entityChange' && alterations.includes('entityUpdate'));
}

/** A deletion touches all that the entity had: the request that makes it names no attribute. */
function touchesWatched(subscription: Subscription, change: EntityChange): boolean {
  const { watched, alterations, attributeActions } = subscription;
  switch (change.kind) {
    case 'removed':
      return (
        attributeActions === undefined ||
        watched.length === 0 ||
        watched.some((name) => change.before.attributes.has(name))
      );
    case 'created':
      return watched.length === 0 || change.attributes.some(({ name }) => watched.includes(name));
    case 'updated': {
      const everyWrite = alterations.includes('entityUpdate');
      return change.attributes.some(
        (attribute) =>
          (everyWrite || isChanged(subscription, attribute)) &&
          (watched.length === 0 || watched.includes(attribute.name)) &&
          (attributeActions === undefined || hasHappened(attributeActions, attribute, change)),
      );
    }
  }
}

/** Whether one of the actions happened to the attribute, or to an instance of it. The expiry of an entity is no attribute. */
function hasHappened(
  actions: readonly AttributeChange['action'][],
  { name, action }: AttributeChange,
  { before, after }: EntityUpdated,
): boolean {
  if (name === expiryName) return false;
  if (actions.includes(action)) return true;
  if (action !== 'update') return false;
  const earlier = before.attributes.get(name) ?? [];
  const later = after.attributes.get(name) ?? [];
  return (
    (actions.includes('append') && !coversInstances(earlier, later)) ||
    (actions.includes('delete') && !coversInstances(later, earlier))
  );
}

function coversInstances(instances: readonly Attribute[], others: readonly Attribute[]): boolean {
  return others.every(({ datasetId }) => instances.some((instance) => instance.datasetId === datasetId));
}

function isChanged({ notifyOnMetadataChange }: Subscription, { changed, metadataChanged }: AttributeChange): boolean {
  return changed || (notifyOnMetadataChange && metadataChanged);
}
