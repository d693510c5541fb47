import type {
  OutgoingHttp,
  OutgoingMqtt,
  OutgoingNotification,
  Unsendable,
} from '../../core/subscription/outgoing-notification.ts';
import type { Subscription } from '../../core/subscription/subscription.ts';
import type { OwedNotification } from '../../ports/outbox.ts';
import type { DeliveryOutcome } from '../../ports/transport.ts';
import type { Chain } from './chain.ts';
import type { DeliveryLog } from './delivery-log.ts';
import { isReplayed } from './is-replayed.ts';
import { judgeOutcome } from './judge-outcome.ts';
import type { AttemptEnd } from './lane.ts';
import { notificationIdOf } from './notification-id.ts';
import type { NotifierParts } from './notifier.ts';
import { recordAttempt } from './record-attempt.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { Settlements } from './settlements.ts';

type Message = OutgoingHttp | OutgoingMqtt;

/** Makes attempts: looks whether the first of a chain is to be sent, sends it, and draws the consequences. */
export class Courier {
  readonly #parts: NotifierParts;
  readonly #settlements: Settlements;
  readonly #log: DeliveryLog;
  #abandoned = false;
  readonly #underWay = new Set<Promise<AttemptEnd>>();

  constructor(parts: NotifierParts, settlements: Settlements, log: DeliveryLog) {
    this.#parts = parts;
    this.#settlements = settlements;
    this.#log = log;
  }

  /** As `LaneParts.attempt`. */
  attempt(chain: Chain): Promise<AttemptEnd> | undefined {
    const { queue } = chain;
    const [owed] = chain.owed;
    if (queue.isClosed || owed === undefined) return undefined;
    const subscription = this.#parts.subscriptions.of(queue.tenant).get(queue.id)?.subscription;
    const { clock, settings } = this.#parts;
    const ageMs = clock.now() - owed.owedSince;
    if (ageMs >= settings.maxAgeMs) {
      this.#bury(chain, owed, chain.reason ?? 'its time was up before it could be sent');
      return undefined;
    }
    if (subscription === undefined || (subscription.status === 'inactive' && !isReplayed(owed))) {
      queue.rest(chain, settings.maxAgeMs - ageMs);
      return undefined;
    }
    const message = this.#render(subscription, owed);
    if (message.kind === 'unsendable' || message.kind === 'stream') {
      const reason = message.kind === 'stream' ? 'nobody is to be sent it' : message.reason;
      this.#recordFailure(chain, subscription, owed, reason);
      this.#bury(chain, owed, reason);
      return undefined;
    }
    chain.state = 'sending';
    const attempt = this.#send(chain, subscription, owed, message);
    this.#underWay.add(attempt);
    void attempt.then(() => this.#underWay.delete(attempt));
    return attempt;
  }

  /** Resolves when no attempt is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** From now on no consequences are drawn, whatever comes of what is under way. */
  abandon(): void {
    this.#abandoned = true;
  }

  #render(subscription: Subscription, owed: OwedNotification): OutgoingNotification | Unsendable {
    const { facts, alteration, ordinal } = owed;
    try {
      const identity = { id: notificationIdOf(owed), ordinal };
      return this.#parts.codecs[subscription.dialect].render(subscription, { ...facts, alteration }, identity);
    } catch (error) {
      this.#parts.log.error({ err: error, subscription: subscription.id }, 'a notification could not be rendered');
      return { kind: 'unsendable', reason: `it could not be rendered: ${String(error)}` };
    }
  }

  async #send(chain: Chain, subscription: Subscription, owed: OwedNotification, message: Message): Promise<AttemptEnd> {
    const { clock, transports, settings, random } = this.#parts;
    const startedAt = clock.now();
    const outcome = message.kind === 'http' ? await transports.http.send(message) : await transports.mqtt.send(message);
    if (this.#abandoned) return { endpoint: 'neither' };
    this.#record(chain, subscription, owed, outcome, startedAt);
    const verdict = judgeOutcome(outcome);
    const { queue } = chain;
    switch (verdict.kind) {
      case 'delivered':
        // Also of a queue that was closed meanwhile: it is delivered.
        if (queue.isClosed) this.#settlements.settle(queue.tenant, { kind: 'done', id: owed.id });
        queue.finish(chain, { kind: 'done', id: owed.id });
        return { endpoint: 'succeeded' };
      case 'hopeless':
        this.#bury(chain, owed, verdict.reason);
        return { endpoint: 'neither' };
      case 'retry': {
        const { reason, retryAfterMs = 0 } = verdict;
        chain.attempts++;
        chain.reason = reason;
        const delayMs = Math.max(retryAfterMs, retryDelayMs(chain.attempts, settings, random));
        if (!queue.isClosed) restInLane(chain, Math.min(delayMs, settings.maxAgeMs));
        return { endpoint: 'failed', retryAfterMs: Math.min(retryAfterMs, settings.maxAgeMs) };
      }
    }
  }

  #bury(chain: Chain, owed: OwedNotification, reason: string): void {
    const { clock, log } = this.#parts;
    const { queue, attempts } = chain;
    log.warn(
      { tenant: queue.tenant, subscription: queue.id, entity: owed.entityId, reason },
      'a notification is given up: it lies among the dead letters',
    );
    queue.finish(chain, { kind: 'dead', id: owed.id, at: clock.now(), attempts, reason });
  }

  #recordFailure(chain: Chain, subscription: Subscription, owed: OwedNotification, reason: string): void {
    this.#record(chain, subscription, owed, { kind: 'impossible', reason }, this.#parts.clock.now());
  }

  /** Counts, remembers, and says once that a subscription has failed too often. */
  #record(
    { queue, attempts }: Chain,
    subscription: Subscription,
    owed: OwedNotification,
    outcome: DeliveryOutcome,
    startedAt: number,
  ): void {
    const { subscriptions, clock, log } = this.#parts;
    const { tenant, id } = queue;
    const ofTenant = subscriptions.of(tenant);
    const before = ofTenant.get(id)?.stored.state;
    if (before === undefined) return;
    const endedAt = clock.now();
    const { maxFails } = subscription.notification;
    ofTenant.changeState(id, (state) => recordAttempt(state, outcome, startedAt, endedAt, maxFails));
    this.#settlements.stateChanged(tenant);
    const after = ofTenant.get(id)?.stored.state;
    if (before.status !== 'inactive' && after?.status === 'inactive') {
      log.warn(
        { tenant, subscription: id, fails: after.failsCounter, maxFails },
        'a subscription has failed too often and is inactive now',
      );
    }
    this.#log.add(tenant, id, {
      at: startedAt,
      durationMs: endedAt - startedAt,
      notificationId: notificationIdOf(owed),
      entityId: owed.entityId,
      attempt: attempts + 1,
      ...(outcome.kind === 'answered' && { status: outcome.status, answer: outcome.answer }),
      ...((outcome.kind === 'failed' || outcome.kind === 'impossible') && { failure: outcome.reason }),
    });
  }
}

/** In the lane that its subscription has by now. */
function restInLane(chain: Chain, delayMs: number): void {
  const { queue } = chain;
  if (queue.lane === undefined) queue.rest(chain, delayMs);
  else queue.lane.rest(chain, delayMs);
}
