import type { TenantName } from '../../../core/scope.ts';
import type { DeadLetterSelection } from '../../../ports/outbox.ts';
import type { Commit, CommitReceipt } from './commit-log.ts';
import type { DocumentRow } from './document-write.ts';
import type { DeadRow, OwedRow } from './outbox-rows.ts';
import type { StoredTexts } from './subscription-write.ts';
import type { StoredRows } from './tenant-file.ts';

/** What the main thread asks of the disk thread, and what it gets. Asked in order, answered in order. */
export interface DiskCalls {
  /** Locks the directory, made if it is not there; answers the tenants that it keeps, sorted. */
  open: { request: { readonly directory: string }; reply: readonly TenantName[] };
  /** Opens a tenant's file and begins to read it. */
  load: { request: { readonly tenant: TenantName }; reply: TenantSummary };
  /** The next chunk of what `load` began; empty when there is no more. */
  read: { request: { readonly tenant: TenantName }; reply: StoredRows };
  /** Makes a commit durable; the tenant's file is made if it is not there. */
  commit: { request: { readonly tenant: TenantName; readonly commit: Commit }; reply: CommitReceipt };
  /** The calls of `OutboxRows`. */
  backlog: { request: { readonly tenant: TenantName }; reply: [subscriptionId: string, owed: number][] };
  owedPage: { request: OwedPageRequest; reply: OwedRow[] };
  deadLetters: { request: DeadLettersRequest; reply: { rows: DeadRow[]; count: number } };
  replay: { request: ReplayRequest; reply: OwedRow[] };
  purge: { request: SelectionRequest; reply: { purged: number; owed: number } };
  /** Closes the files and unlocks the directory. */
  close: { request: undefined; reply: undefined };
}

/** What a tenant's file has besides its entities. */
export interface TenantSummary {
  /** The highest sequence that was ever given out. */
  readonly lastSequence: number;
  /** Entities. */
  readonly total: number;
  /** Rows of the outbox, and the highest id that was ever given to one. */
  readonly owed: number;
  readonly lastOwed: number;
  readonly subscriptions: readonly StoredTexts[];
  readonly documents: readonly DocumentRow[];
}

interface OwedPageRequest {
  readonly tenant: TenantName;
  readonly subscriptionId: string;
  readonly after: number;
  readonly limit: number;
}

interface SelectionRequest {
  readonly tenant: TenantName;
  readonly selection: DeadLetterSelection;
}

interface DeadLettersRequest extends SelectionRequest {
  readonly offset: number;
  readonly limit: number;
}

interface ReplayRequest extends SelectionRequest {
  readonly now: number;
  readonly limit: number;
}

export type DiskRequest = {
  [Kind in keyof DiskCalls]: { readonly kind: Kind; readonly request: DiskCalls[Kind]['request'] };
}[keyof DiskCalls];

export type DiskReply = { readonly reply: unknown } | { readonly error: Error };
