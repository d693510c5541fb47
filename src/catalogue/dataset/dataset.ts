import type { EpochMs } from '../../core/entity/entity.ts';
import type { Query } from '../../core/query/query.ts';
import type { TenantName } from '../../core/scope.ts';
import type { ColumnKind, ContactTerms, DatasetTerms, FormatCode, SnapshotTerms } from './dataset-terms.ts';
import type { LocalizedText } from './localized-text.ts';
import type { Licence } from './vocabularies.ts';

/** A view of a tenant that a person described, and published or not yet. Immutable: a change makes a new one. */
export interface Dataset {
  /** Unique among all tenants: it names the dataset in public URLs, which know no tenants. */
  readonly id: string;
  readonly tenant: TenantName;
  /** Whether the public sees it. */
  readonly published: boolean;
  readonly title: LocalizedText;
  readonly description: LocalizedText;
  readonly publisher: Publisher;
  readonly contact?: Contact;
  readonly licence?: Licence;
  readonly attribution?: LocalizedText;
  readonly provenance?: LocalizedText;
  /** Sorted by language; `''` stands for keywords of no language. */
  readonly keywords: ReadonlyMap<string, readonly string[]>;
  readonly view: DatasetView;
  readonly formats: readonly FormatCode[];
  readonly snapshots?: SnapshotTerms & { readonly formats: readonly FormatCode[] };
  /** What else the person said, as they said it. */
  readonly terms: DatasetTerms;
  readonly createdAt: EpochMs;
  /** When it was published first. */
  readonly issuedAt?: EpochMs;
  /** When what is said of it changed last. */
  readonly modifiedAt: EpochMs;
}

export interface Publisher {
  /** Its name in URLs, made of `uri` or the name. */
  readonly id: string;
  readonly name: LocalizedText;
  readonly uri?: string;
  readonly homepage?: string;
  readonly type?: string;
}

export interface Contact extends Omit<ContactTerms, 'name'> {
  readonly name: LocalizedText;
}

/** Which entities are rows, and what of them is columns. */
export interface DatasetView extends RowShape {
  readonly types: readonly string[];
  /** Every row matches it; in the order of creation. */
  readonly query: Query;
  /** Metadata that the live NGSI resource shows. */
  readonly metadata: readonly string[];
}

/** What a row of a dataset looks like. */
export interface RowShape {
  /** Besides `id` and `type`, which every row has; their names differ, also when letters are not told apart by case. */
  readonly columns: readonly Column[];
  /** The column that places the rows on a map. */
  readonly geometry?: Column;
}

export interface Column {
  readonly name: string;
  readonly attribute: string;
  /** Into the value, outermost member first; empty for the whole of it. */
  readonly path: readonly string[];
  readonly kind: ColumnKind;
  readonly title?: LocalizedText;
  readonly description?: LocalizedText;
  readonly unit?: string;
}
