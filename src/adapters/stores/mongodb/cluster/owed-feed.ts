import type { TenantName } from '../../../../core/scope.ts';
import type { OwedListener, OwedNotification } from '../../../../ports/outbox.ts';

/** Ids of a tenant that are remembered, so that nothing is told twice: what comes within minutes. */
const maxTold = 100_000;

/** What is known of the notifications of one tenant. */
interface TenantFeed {
  /** Told, or given by a page; the latest last. */
  readonly told: Set<number>;
  /** In a commit of this broker whose outcome is open; with what was heard of it meanwhile. */
  readonly open: Map<number, OwedNotification | undefined>;
}

/**
 * Tells a listener what becomes owed, each once: at once what this broker commits, and what others do, as MongoDB tells of it. MongoDB
 * tells of one's own commits too, now earlier and now later than they are known to be done; and of those whose outcome nobody told.
 */
export class OwedFeed {
  readonly #tenants = new Map<TenantName, TenantFeed>();
  #listener: OwedListener | undefined;

  listen(listener: OwedListener): void {
    this.#listener = listener;
  }

  /** A commit of this broker begins that these may come to be owed by. */
  begin(tenant: TenantName, notifications: readonly OwedNotification[]): void {
    const { open } = this.#of(tenant);
    for (const { id } of notifications) open.set(id, undefined);
  }

  /** The commit is done, or nobody knows. */
  end(tenant: TenantName, notifications: readonly OwedNotification[], outcome: 'committed' | 'unknown'): void {
    const { open } = this.#of(tenant);
    const heard = notifications.filter(({ id }) => open.get(id) !== undefined);
    for (const { id } of notifications) open.delete(id);
    this.#tell(tenant, outcome === 'committed' ? notifications : heard);
  }

  /** MongoDB told of these. */
  hear(tenant: TenantName, notifications: readonly OwedNotification[]): void {
    const { told, open } = this.#of(tenant);
    const news: OwedNotification[] = [];
    for (const notification of notifications) {
      const { id } = notification;
      if (open.has(id)) open.set(id, notification);
      else if (!told.has(id)) news.push(notification);
    }
    this.#tell(tenant, news);
  }

  /** Dead letters are owed again. */
  hearReplayed(tenant: TenantName, notifications: readonly OwedNotification[]): void {
    this.#tell(tenant, notifications);
  }

  /** A page has given these. */
  pass(tenant: TenantName, ids: readonly number[]): void {
    const { told } = this.#of(tenant);
    for (const id of ids) remember(told, id);
  }

  hasTold(tenant: TenantName, id: number): boolean {
    return this.#of(tenant).told.has(id);
  }

  #tell(tenant: TenantName, notifications: readonly OwedNotification[]): void {
    if (notifications.length === 0) return;
    this.pass(
      tenant,
      notifications.map(({ id }) => id),
    );
    this.#listener?.(tenant, notifications);
  }

  #of(tenant: TenantName): TenantFeed {
    const feed = this.#tenants.get(tenant) ?? { told: new Set<number>(), open: new Map<number, undefined>() };
    this.#tenants.set(tenant, feed);
    return feed;
  }
}

function remember(told: Set<number>, id: number): void {
  told.add(id);
  if (told.size <= maxTold) return;
  for (const oldest of told) {
    told.delete(oldest);
    return;
  }
}
