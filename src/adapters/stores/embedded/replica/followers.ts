import type { Duplex } from 'node:stream';
import type { TenantName } from '../../../../core/scope.ts';
import type { Timers } from '../../../../ports/timers.ts';
import type { Commit } from '../commit-log.ts';
import { type Applied, type FeedMessage, replicatedPart } from './feed.ts';
import { frameOf, readFrames } from './frames.ts';

/** A process that holds a replica, as the one that writes sees it. */
export interface Replica {
  /** Where it is told, and tells what it has taken in. */
  readonly channel: Duplex;
  /** It has all that is shown, and may answer from now on. */
  onCurrent(): void;
  /** It did not keep up: ends it. `Followers.left` follows once it is gone. */
  end(): void;
}

interface Follower extends Replica {
  applied: number;
  /** It has read what was there before it, and every commit waits for it. */
  awaited: boolean;
  current: boolean;
}

interface Waiting {
  readonly number: number;
  readonly resolve: () => void;
}

/**
 * Those who hold replicas of the embedded engine's entities.
 *
 * A commit is shared once every replica that answers has taken it in; until then neither they nor the writer show it. So
 * whoever has seen a state, be it by an acknowledgement or by an answer, finds it or a later one wherever it asks next.
 *
 * A replica that does not take in a commit within `patienceMs` is ended, and the commit waits until it is gone: it can show
 * nothing old after that.
 */
export class Followers {
  readonly #timers: Timers;
  readonly #patienceMs: number;
  readonly #followers = new Map<Replica, Follower>();
  readonly #tenants = new Set<TenantName>();
  /** Commits that are not shared yet, oldest first. */
  readonly #waiting: Waiting[] = [];
  #number = 0;
  #shared = 0;
  #isTimed = false;

  constructor(timers: Timers, patienceMs: number) {
    this.#timers = timers;
    this.#patienceMs = patienceMs;
  }

  /** A replica is told of all commits that become durable from now on; what is durable now it reads from the disk. */
  joined(replica: Replica): void {
    const follower: Follower = {
      channel: replica.channel,
      onCurrent: () => replica.onCurrent(),
      end: () => replica.end(),
      applied: 0,
      awaited: false,
      current: false,
    };
    this.#followers.set(replica, follower);
    // Its process may be gone before that is known here.
    replica.channel.on('error', () => undefined);
    const joined: FeedMessage = { kind: 'joined', number: this.#number, shared: this.#shared };
    follower.channel.write(frameOf(joined));
    readFrames(
      replica.channel,
      (message) => {
        follower.applied = (message as Applied).applied;
        follower.awaited = true;
      },
      () => this.#advance(),
    );
  }

  /** Its process is gone. */
  left(replica: Replica): void {
    this.#followers.delete(replica);
    this.#advance();
  }

  /** The tenant is known from the disk. */
  knows(tenant: TenantName): void {
    this.#tenants.add(tenant);
  }

  /** A commit is durable: resolves once it is shared; undefined where it is shared with nobody. */
  publish(tenant: TenantName, commit: Commit): Promise<void> | undefined {
    const isNew = !this.#tenants.has(tenant);
    if (isNew) this.#tenants.add(tenant);
    if (this.#followers.size === 0) return undefined;
    const part = replicatedPart(tenant, commit);
    if (!isNew && part.sequences.length === 0 && part.documents.length === 0) return undefined;
    this.#number += 1;
    const number = this.#number;
    const shared = new Promise<void>((resolve) => this.#waiting.push({ number, resolve }));
    this.#tell({ kind: 'commit', number, ...part });
    this.#advance();
    this.#watch();
    return shared;
  }

  #tell(message: FeedMessage): void {
    const frame = frameOf(message);
    for (const { channel } of this.#followers.values()) channel.write(frame);
  }

  #advance(): void {
    let shared = this.#number;
    for (const { awaited, applied } of this.#followers.values()) if (awaited) shared = Math.min(shared, applied);
    if (shared > this.#shared) {
      this.#shared = shared;
      this.#tell({ kind: 'shared', number: shared });
      while ((this.#waiting[0]?.number ?? Number.POSITIVE_INFINITY) <= shared) this.#waiting.shift()?.resolve();
    }
    for (const follower of this.#followers.values()) {
      if (follower.current || !follower.awaited || follower.applied < this.#shared) continue;
      follower.current = true;
      follower.onCurrent();
    }
  }

  /** Sees to it that the oldest commit does not wait for ever. */
  #watch(): void {
    const oldest = this.#waiting[0];
    if (this.#isTimed || oldest === undefined) return;
    this.#isTimed = true;
    this.#timers.after(this.#patienceMs, () => {
      this.#isTimed = false;
      if (this.#waiting[0] === oldest) {
        for (const follower of this.#followers.values()) {
          if (follower.awaited && follower.applied < oldest.number) follower.end();
        }
      }
      this.#watch();
    });
  }
}
