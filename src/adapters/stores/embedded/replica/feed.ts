import type { TenantName } from '../../../../core/scope.ts';
import type { DocumentKind } from '../../../../ports/document-store.ts';
import type { Commit } from '../commit-log.ts';
import type { DocumentWrite } from '../document-write.ts';

/** What the process that writes tells those that hold replicas, in order. */
export type FeedMessage =
  /** Said first: commits come from the one behind this one on; those up to it are on the disk. */
  | { readonly kind: 'joined'; readonly number: number; readonly shared: number }
  /** A commit that is durable. Numbers rise by one, over all tenants. */
  | ({ readonly kind: 'commit'; readonly number: number } & ReplicatedCommit)
  /** Every process that answers has the commits up to this one: what they wrote may be shown. */
  | { readonly kind: 'shared'; readonly number: number };

/** What of a commit those hear of who answer reads. */
export interface ReplicatedCommit {
  readonly tenant: TenantName;
  readonly sequences: readonly number[];
  readonly texts: readonly (string | null)[];
  readonly documents: readonly DocumentWrite[];
}

/** What a replica answers: it has taken in all commits up to this one. */
export interface Applied {
  readonly applied: number;
}

/** Documents that decide who can answer a read, and those without which its words mean nothing. */
const replicatedKinds: ReadonlySet<DocumentKind> = new Set(['registration', 'device', 'serviceGroup', 'context']);

export function isReplicated({ of }: { readonly of: DocumentKind }): boolean {
  return replicatedKinds.has(of);
}

export function replicatedPart(tenant: TenantName, { sequences, texts, documents = [] }: Commit): ReplicatedCommit {
  return { tenant, sequences, texts, documents: documents.filter(isReplicated) };
}
