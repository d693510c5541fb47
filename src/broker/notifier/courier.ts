import type { EpochMs } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import type { OutgoingHttp, OutgoingMqtt } from '../../core/subscription/outgoing-notification.ts';
import type { Subscription, SubscriptionState } from '../../core/subscription/subscription.ts';
import type { OwedNotification } from '../../ports/outbox.ts';
import type { DeliveryOutcome } from '../../ports/transport.ts';
import type { RenderedNotification } from '../subscriptions/subscription-codec.ts';
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
    const known = this.#parts.subscriptions.of(queue.tenant).get(queue.id);
    const subscription = known?.subscription;
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
    const coolingMs = coolingTimeMs(subscription, known?.stored.state, clock.now());
    if (coolingMs > 0) {
      restInLane(chain, coolingMs);
      return undefined;
    }
    const rendered = this.#render(subscription, owed);
    if (!(rendered instanceof Promise) && !isMessage(rendered)) {
      this.#leaveUnsent(chain, subscription, owed, rendered);
      return undefined;
    }
    chain.state = 'sending';
    const attempt =
      rendered instanceof Promise
        ? this.#sendRendered(chain, subscription, owed, rendered)
        : this.#send(chain, subscription, owed, rendered);
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

  #render(subscription: Subscription, owed: OwedNotification): RenderedNotification | Promise<RenderedNotification> {
    const { facts, alteration, ordinal } = owed;
    try {
      const identity = { id: notificationIdOf(owed), ordinal };
      return this.#parts.codecs[subscription.dialect].render(subscription, { ...facts, alteration }, identity);
    } catch (error) {
      this.#parts.log.error({ err: error, subscription: subscription.id }, 'a notification could not be rendered');
      return { kind: 'unsendable', reason: `it could not be rendered: ${String(error)}` };
    }
  }

  /**
   * What takes a while to render: meanwhile the subscription may have gone. Where that fails, what it needs may be there later; the endpoint
   * had no part in it.
   */
  async #sendRendered(
    chain: Chain,
    subscription: Subscription,
    owed: OwedNotification,
    rendering: Promise<RenderedNotification>,
  ): Promise<AttemptEnd> {
    const { clock, settings, random } = this.#parts;
    const startedAt = clock.now();
    let rendered: RenderedNotification;
    try {
      rendered = await rendering;
    } catch (error) {
      if (this.#abandoned) return { endpoint: 'neither' };
      chain.reason = reasonOf(error);
      this.#record(chain, subscription, owed, { kind: 'failed', reason: chain.reason }, startedAt);
      chain.attempts++;
      if (!chain.queue.isClosed) restInLane(chain, retryDelayMs(chain.attempts, settings, random));
      return { endpoint: 'neither' };
    }
    if (this.#abandoned || chain.queue.isClosed) return { endpoint: 'neither' };
    if (isMessage(rendered)) return this.#send(chain, subscription, owed, rendered);
    this.#leaveUnsent(chain, subscription, owed, rendered);
    return { endpoint: 'neither' };
  }

  #leaveUnsent(
    chain: Chain,
    subscription: Subscription,
    owed: OwedNotification,
    rendered: Exclude<RenderedNotification, Message>,
  ): void {
    if (rendered.kind === 'needless') {
      chain.queue.reopen(owed);
      chain.queue.finish(chain, { kind: 'done', id: owed.id });
      return;
    }
    const reason = rendered.kind === 'stream' ? 'nobody is to be sent it' : rendered.reason;
    this.#recordFailure(chain, subscription, owed, reason);
    this.#bury(chain, owed, reason);
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
    const { notification } = subscription;
    ofTenant.changeState(id, (state) => recordAttempt(state, outcome, startedAt, endedAt, notification));
    this.#settlements.stateChanged(tenant);
    const after = ofTenant.get(id)?.stored.state;
    if (before.status !== 'inactive' && after?.status === 'inactive') {
      log.warn(
        { tenant, subscription: id, fails: after.failsCounter, maxFails: notification.maxFails },
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

function reasonOf(error: unknown): string {
  if (!(error instanceof Refusal)) return `it could not be rendered: ${String(error)}`;
  const { reason } = error;
  const what = 'url' in reason ? `${reason.url}: ` : '';
  return `it could not be rendered: ${what}${'description' in reason ? reason.description : reason.kind}`;
}

function isMessage(rendered: RenderedNotification): rendered is Message {
  return rendered.kind === 'http' || rendered.kind === 'mqtt';
}

/** How long a subscription that has just failed is to be left alone. [LD 5.2.15] */
function coolingTimeMs({ notification }: Subscription, state: SubscriptionState | undefined, now: EpochMs): number {
  const { cooldownMs } = notification;
  if (cooldownMs === undefined || state?.lastFailure === undefined || state.failsCounter === 0) return 0;
  return state.lastFailure + cooldownMs - now;
}

/** In the lane that its subscription has by now. */
function restInLane(chain: Chain, delayMs: number): void {
  const { queue } = chain;
  if (queue.lane === undefined) queue.rest(chain, delayMs);
  else queue.lane.rest(chain, delayMs);
}
