import type { Entity } from '../../core/entity/entity.ts';
import type { Dataset, RowShape } from '../dataset/dataset.ts';
import type { Links } from '../links.ts';

/** What a file is made of. */
export interface ExportSource {
  readonly dataset: ExportedDataset;
  readonly links: Links;
  readonly batches: AsyncIterable<readonly Entity[]>;
}

/** What files say of a dataset; plain data. */
export interface ExportedDataset extends Pick<Dataset, 'id' | 'title' | 'description' | 'modifiedAt'> {
  readonly view: RowShape;
}
