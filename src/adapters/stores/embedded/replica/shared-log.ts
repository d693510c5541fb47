import type { TenantName } from '../../../../core/scope.ts';
import type { Commit, CommitLog, CommitReceipt } from '../commit-log.ts';
import type { Followers } from './followers.ts';

/** A log whose commits are not only durable when they resolve, but shared with all that answer reads. */
export class SharedLog implements CommitLog {
  readonly #log: CommitLog;
  readonly #tenant: TenantName;
  readonly #followers: Followers;

  constructor(log: CommitLog, tenant: TenantName, followers: Followers) {
    this.#log = log;
    this.#tenant = tenant;
    this.#followers = followers;
  }

  async commit(commit: Commit): Promise<CommitReceipt> {
    const receipt = await this.#log.commit(commit);
    await this.#followers.publish(this.#tenant, commit);
    return receipt;
  }
}
