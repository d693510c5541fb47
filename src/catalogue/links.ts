import type { FormatCode } from './dataset/dataset-terms.ts';

/** URLs of all that the public reaches, absolute: what is harvested is read far away from here. */
export class Links {
  /** Without a slash at the end. */
  readonly base: string;

  constructor(base: string) {
    this.base = base.replace(/\/+$/, '');
  }

  catalogue(extension?: string): string {
    return extension === undefined ? `${this.base}/dataset` : `${this.base}/catalog.${extension}`;
  }

  /** What identifies the catalogue. */
  get catalogueUri(): string {
    return `${this.base}/catalog`;
  }

  dataset(id: string, extension?: string): string {
    return `${this.base}/dataset/${id}${extension === undefined ? '' : `.${extension}`}`;
  }

  live(id: string, format: FormatCode): string {
    return `${this.base}/dataset/${id}/data.${format}`;
  }

  snapshot(id: string, moment: string, format: FormatCode): string {
    return `${this.base}/dataset/${id}/snapshots/${moment}.${format}`;
  }

  /** The live NGSIv2 resource. */
  ngsi(id: string): string {
    return `${this.base}/dataset/${id}/v2/entities`;
  }

  /** Where OGC API – Features begins. */
  get features(): string {
    return `${this.base}/ogc`;
  }

  collection(id: string): string {
    return `${this.base}/ogc/collections/${id}`;
  }

  item(id: string, entity: string): string {
    return `${this.items(id)}${encodeURIComponent(entity)}`;
  }

  /** What ids of entities are resolved against; with a slash at the end. */
  items(id: string): string {
    return `${this.collection(id)}/items/`;
  }

  get action(): string {
    return `${this.base}/api/3/action`;
  }

  get apiDescription(): string {
    return `${this.base}/openapi.json`;
  }

  get apiPage(): string {
    return `${this.base}/docs`;
  }
}
