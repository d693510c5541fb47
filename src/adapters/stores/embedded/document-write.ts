import type { DocumentKind } from '../../../ports/document-store.ts';

/** One step of what a commit does to documents. */
export type DocumentWrite =
  | ({ readonly kind: 'put' } & DocumentRow)
  | { readonly kind: 'remove'; readonly of: DocumentKind; readonly id: string };

/** A document as its row keeps it. */
export interface DocumentRow {
  readonly of: DocumentKind;
  readonly id: string;
  /** JSON. */
  readonly text: string;
}
