import type { EpochMs } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredDocument } from '../../ports/document-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { Stores } from '../../ports/stores.ts';
import { KnownDocuments } from '../documents/known-documents.ts';
import { UsedContexts } from './used-contexts.ts';

/** A context that is served here. [LD 5.13.1] */
export interface HostedContext {
  /** `Hosted`: a client added it. `ImplicitlyCreated`: an answer had to name it, and it had no URL. */
  readonly kind: HostedKind;
  /** What stands under `@context`. */
  readonly context: JsonValue;
  readonly createdAt: EpochMs;
}

export type HostedKind = 'Hosted' | 'ImplicitlyCreated';

export interface HostedContextsOptions {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Contexts of either kind that a tenant may have. */
  readonly most: number;
  /** An id made of the text of a context: the same for the same one, of which no other can be made. */
  readonly idOf: (text: string) => string;
  /** Hears that a URL no longer stands for what it did. */
  readonly changed: () => void;
}

/**
 * The contexts that are hosted for clients, of all tenants; in memory, and in step with the stores, whichever broker changes them.
 *
 * An id says which context it is, whoever asks: those that clients add are random, those made here are of the content, so that
 * equal contexts are one, and one that made room for others comes back under the same URL. [LD 5.13]
 */
export class HostedContexts {
  /** Uses of contexts by id, and those of copies by URL. */
  readonly used = new UsedContexts();
  readonly #options: HostedContextsOptions;
  readonly #known: KnownDocuments<HostedContext>;
  readonly #last = new Map<TenantName, Promise<unknown>>();

  constructor(options: HostedContextsOptions) {
    const { stores, log, changed } = options;
    this.#options = options;
    this.#known = new KnownDocuments(stores, 'context', read, log, {
      put: () => undefined,
      // An id never stands for anything else: what is made here comes back as it was, what a client adds is new.
      removed: (_tenant, _id, { kind }) => {
        if (kind === 'Hosted') changed();
      },
    });
  }

  load(): Promise<void> {
    return this.#known.load();
  }

  /** Those of a tenant by id, in the order of creation. */
  of(tenant: TenantName): ReadonlyMap<string, HostedContext> {
    return this.#known.of(tenant);
  }

  /** The one of the id, whichever tenant's: who follows a link to a context names no tenant. */
  find(id: string): HostedContext | undefined {
    for (const tenant of this.#known.tenants()) {
      const context = this.#known.of(tenant).get(id);
      if (context !== undefined) return context;
    }
    return undefined;
  }

  /** Hosts a context from now on, and returns its id. Refuses with `limitReached`. [LD 5.13.2] */
  add(tenant: TenantName, context: JsonValue): Promise<string> {
    const { random, most } = this.#options;
    return this.#exclusively(tenant, async () => {
      if (this.#ofKind(tenant, 'Hosted').length >= most) {
        throw new Refusal({ kind: 'limitReached', what: 'contexts', limit: most });
      }
      const id = random.newId();
      await this.#put(tenant, id, { kind: 'Hosted', context });
      return id;
    });
  }

  /**
   * Hosts a context that an answer has to name, and returns its id. Where there are too many, those not used for longest make room.
   * Cost: a look-up for one that is there; else a write.
   */
  async link(tenant: TenantName, context: JsonValue): Promise<string> {
    const id = this.#options.idOf(JSON.stringify(context));
    if (!this.of(tenant).has(id)) {
      await this.#exclusively(tenant, async () => {
        if (this.of(tenant).has(id)) return;
        await this.#makeRoom(tenant);
        await this.#put(tenant, id, { kind: 'ImplicitlyCreated', context });
      });
    }
    this.touch(id);
    return id;
  }

  /** Counts a use of the context. */
  touch(id: string): void {
    const tally = this.used.of(id);
    tally.hits++;
    tally.lastHitAt = this.#options.clock.now();
  }

  remove(tenant: TenantName, ids: readonly string[]): Promise<void> {
    return this.#options.stores.tenant(tenant).documents('context').remove(ids);
  }

  async #makeRoom(tenant: TenantName): Promise<void> {
    const links = this.#ofKind(tenant, 'ImplicitlyCreated');
    const surplus = links.length + 1 - this.#options.most;
    if (surplus <= 0) return;
    const idleSince = ([id, { createdAt }]: (typeof links)[number]) => this.used.known(id)?.lastHitAt ?? createdAt;
    const longest = [...links].sort((a, b) => idleSince(a) - idleSince(b)).slice(0, surplus);
    await this.remove(
      tenant,
      longest.map(([id]) => id),
    );
  }

  #ofKind(tenant: TenantName, kind: HostedKind): readonly (readonly [string, HostedContext])[] {
    return [...this.of(tenant)].filter(([, hosted]) => hosted.kind === kind);
  }

  async #put(tenant: TenantName, id: string, hosted: Omit<HostedContext, 'createdAt'>): Promise<void> {
    const document: JsonObject = { ...hosted, createdAt: this.#options.clock.now() };
    await this.#options.stores.tenant(tenant).documents('context').put([{ id, document }]);
  }

  /** One change of a tenant's contexts after the other, so that limits hold. */
  #exclusively<Result>(tenant: TenantName, work: () => Promise<Result>): Promise<Result> {
    const result = (this.#last.get(tenant) ?? Promise.resolve()).then(work);
    this.#last.set(
      tenant,
      result.catch(() => undefined),
    );
    return result;
  }
}

function read({ document }: StoredDocument): HostedContext {
  const { kind, context, createdAt } = document;
  if ((kind !== 'Hosted' && kind !== 'ImplicitlyCreated') || context === undefined || typeof createdAt !== 'number') {
    throw new Error('it is no context');
  }
  return { kind, context, createdAt };
}
