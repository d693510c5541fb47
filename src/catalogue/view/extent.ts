import type { Broker } from '../../broker/broker.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { placeOf } from './cell.ts';
import { entityBatches } from './entity-batches.ts';
import { type Bounds, boundsOf, joined } from './middle-of.ts';

/** How long bounds may stand although rows changed, in milliseconds: a station that moves is rare, and all rows are looked at. */
const maxAgeMs = 300_000;

interface Known {
  readonly bounds: Bounds | undefined;
  readonly tag: string;
  readonly foundAt: number;
}

/** The bounds of the rows of datasets, found out when somebody asks and remembered. */
export class Extents {
  readonly #broker: Broker;
  readonly #known = new Map<string, Known>();
  readonly #asked = new Map<string, Promise<Bounds | undefined>>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** What its publisher said, or else what the rows say; undefined where they have no place. */
  async of(dataset: Dataset): Promise<Bounds | undefined> {
    const said = dataset.terms.spatial?.bbox;
    if (said !== undefined) return said as unknown as Bounds;
    if (dataset.view.geometry === undefined) return undefined;
    const now = this.#broker.clock.now();
    const known = this.#known.get(dataset.id);
    const tag = String(dataset.modifiedAt);
    if (known !== undefined && known.tag === tag && now - known.foundAt < maxAgeMs) return known.bounds;
    let asked = this.#asked.get(dataset.id);
    if (asked === undefined) {
      asked = this.#find(dataset).finally(() => this.#asked.delete(dataset.id));
      this.#asked.set(dataset.id, asked);
    }
    const bounds = await asked;
    this.#known.set(dataset.id, { bounds, tag, foundAt: now });
    return bounds;
  }

  async #find({ tenant, view }: Dataset): Promise<Bounds | undefined> {
    let bounds: Bounds | undefined;
    for await (const records of entityBatches(this.#broker, tenant, view.query)) {
      for (const { entity } of records) {
        const place = placeOf(entity, view.geometry);
        if (place !== undefined) bounds = joined(bounds, boundsOf(place));
      }
    }
    return bounds;
  }
}
