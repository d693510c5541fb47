import { correlatorRoot } from '../../core/change/correlator-root.ts';
import { everyScope, type RequestScope, type ScopePattern } from '../../core/scope.ts';
import type { OutgoingHttp } from '../../core/subscription/outgoing-notification.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { Timers } from '../../ports/timers.ts';
import type { Asker, AskOutcome } from '../../ports/transport.ts';
import { CircuitBreaker } from '../notifier/circuit-breaker.ts';
import { laneOf } from '../notifier/lane-of.ts';
import type { ForwardingEnd } from '../registrations/forwarding-statistics.ts';
import type { Registrations } from '../registrations/registrations.ts';
import { ForwardingLoops } from './forwarding-loops.ts';
import type { ForwardingSettings } from './forwarding-settings.ts';
import type { Envelope, ProviderDialect, ProviderDialects } from './provider-dialect.ts';
import type { ProviderGroup } from './provider-group.ts';
import { ProviderLane } from './provider-lane.ts';

export interface ProvidersParts {
  readonly asker: Asker<OutgoingHttp>;
  readonly dialects: ProviderDialects;
  readonly registrations: Registrations;
  readonly settings: ForwardingSettings;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

/** Providers whose patience is remembered while nothing is under way to them. */
const maxIdleLanes = 10_000;

/** As often as that one question with one correlator may be under way: clients may ask twice at once. */
const mostAlike = 2;

/** Speaks to providers: each in its dialect, within its time, through its circuit breaker, and counted. */
export class Providers {
  readonly settings: ForwardingSettings;
  readonly #parts: ProvidersParts;
  readonly #lanes = new Map<string, ProviderLane>();
  readonly #loops: ForwardingLoops;

  constructor(parts: ProvidersParts) {
    this.#parts = parts;
    this.settings = parts.settings;
    this.#loops = new ForwardingLoops(mostAlike);
  }

  dialectOf({ dialect }: ProviderGroup): ProviderDialect {
    return this.#parts.dialects[dialect];
  }

  /** Tells why a request may not be forwarded, if it may not: it came back, or came too far. */
  whyNotForwarded({ via = [] }: RequestScope): string | undefined {
    const { hostAlias, maxHops } = this.settings;
    if (via.includes(hostAlias)) return 'it was forwarded by this broker before: a loop';
    return via.length > maxHops ? `it has passed ${via.length} brokers, at most ${maxHops} are allowed` : undefined;
  }

  /** What every request says that is forwarded to a provider. */
  envelopeOf({ scope }: ProviderGroup, { tenant, scopes, correlator, authToken, via = [] }: RequestScope): Envelope {
    const told = scopesToTell(scope, scopes);
    return {
      tenant,
      ...(told !== undefined && { scopes: told }),
      correlator,
      ...(authToken !== undefined && { authToken }),
      via: [...via, this.settings.hostAlias],
    };
  }

  /**
   * Sends one request to the provider of the group, and counts it for all its registrations. Never rejects. An answer that says
   * that the provider is broken or overloaded (5xx, 429) is none.
   */
  async ask(
    { provider, registrations: group }: ProviderGroup,
    { tenant, correlator }: RequestScope,
    message: OutgoingHttp,
  ): Promise<AskOutcome> {
    const { asker, clock, registrations, settings } = this.#parts;
    const timeoutMs = provider.timeoutMs ?? settings.timeoutMs;
    const lane = this.#laneOf(laneOf({ kind: 'http', target: provider.target }));
    const question = JSON.stringify([tenant, correlatorRoot(correlator), message.target, message.body ?? '']);
    const outcome = await this.#loops.unlessLooping(question, () =>
      lane.attempt(timeoutMs, async () => answered(await asker.ask({ ...message, timeoutMs })), isFailure),
    );
    if (outcome === undefined) return { kind: 'failed', reason: 'the request came back too often: a loop' };
    if (outcome.kind === 'turnedAway') return { kind: 'failed', reason: outcome.reason };
    const now = clock.now();
    const end = endOf(outcome);
    const known = registrations.of(tenant);
    for (const { id } of group) if (known.has(id)) registrations.statistics.record(tenant, id, now, end);
    return outcome;
  }

  #laneOf(name: string): ProviderLane {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      if (this.#lanes.size >= maxIdleLanes)
        for (const [key, { isIdle }] of this.#lanes) if (isIdle) this.#lanes.delete(key);
      const { clock, timers, settings, random } = this.#parts;
      lane = new ProviderLane({ breaker: new CircuitBreaker(settings, random), clock, timers });
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}

/**
 * The path of the registration, which is where its entities are. One for the root is what clients make that think of no paths:
 * its provider sees what the client said.
 */
function scopesToTell(own: string, asked: readonly ScopePattern[]): readonly ScopePattern[] | undefined {
  if (own !== '/') return [{ path: own, subtree: false }];
  const [first] = asked;
  const isEverything =
    first === undefined || (asked.length === 1 && first.path === '/' && first.subtree === everyScope.subtree);
  return isEverything ? undefined : asked;
}

function answered(outcome: AskOutcome): AskOutcome {
  if (outcome.kind !== 'answered' || (outcome.status < 500 && outcome.status !== 429)) return outcome;
  return { kind: 'failed', reason: `answered ${outcome.status}` };
}

function isFailure({ kind }: AskOutcome): boolean {
  return kind !== 'answered';
}

function endOf(outcome: AskOutcome): ForwardingEnd {
  return outcome.kind === 'answered' ? { kind: 'success' } : { kind: 'failure', reason: outcome.reason };
}
