import type { TenantName } from '../../../core/scope.ts';
import type { DeadLetterSelection } from '../../../ports/outbox.ts';
import type { Commit, CommitLog } from './commit-log.ts';
import type { Disk } from './disk.ts';
import type { OutboxRows } from './outbox-rows.ts';

/** A tenant's file, as the main thread sees it: where its commits go, and where its outbox lies. */
export class DiskLog implements CommitLog, OutboxRows {
  readonly #disk: Disk;
  readonly #tenant: TenantName;

  constructor(disk: Disk, tenant: TenantName) {
    this.#disk = disk;
    this.#tenant = tenant;
  }

  commit(commit: Commit) {
    return this.#disk.call('commit', { tenant: this.#tenant, commit });
  }

  backlog() {
    return this.#disk.call('backlog', { tenant: this.#tenant });
  }

  page(subscriptionId: string, after: number, limit: number) {
    return this.#disk.call('owedPage', { tenant: this.#tenant, subscriptionId, after, limit });
  }

  deadLetters(selection: DeadLetterSelection, offset: number, limit: number) {
    return this.#disk.call('deadLetters', { tenant: this.#tenant, selection, offset, limit });
  }

  replay(selection: DeadLetterSelection, now: number, limit: number) {
    return this.#disk.call('replay', { tenant: this.#tenant, selection, now, limit });
  }

  purge(selection: DeadLetterSelection) {
    return this.#disk.call('purge', { tenant: this.#tenant, selection });
  }
}
