import type { EpochMs } from '../core/entity/entity.ts';
import type { Dataset } from './dataset/dataset.ts';
import type { FormatCode } from './dataset/dataset-terms.ts';
import type { Formats } from './formats/formats.ts';
import type { Links } from './links.ts';
import type { Snapshot } from './snapshots/snapshot.ts';

/** One way to get a dataset. */
export interface Resource {
  readonly kind: 'live' | 'api' | 'snapshot';
  /** Tells it from the others of its dataset, for good. */
  readonly key: string;
  /** The format of a file; of an API the name of the API. */
  readonly label: string;
  readonly code: FormatCode | 'ngsi' | 'features';
  readonly mediaType: string;
  readonly url: string;
  /** Of snapshots. */
  readonly moment?: string;
  readonly at?: EpochMs;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** All ways to get a dataset: live files, APIs, then the snapshots, the newest first. */
export function resourcesOf(
  dataset: Dataset,
  formats: Formats,
  snapshots: readonly Snapshot[],
  links: Links,
): readonly Resource[] {
  const { id, view } = dataset;
  const live = dataset.formats.map((code): Resource => {
    const { label, mediaType } = formats[code];
    return { kind: 'live', key: code, code, label, mediaType, url: links.live(id, code) };
  });
  const json = 'application/json';
  const apis: Resource[] = [
    { kind: 'api', key: 'ngsi', code: 'ngsi', label: 'fiware-ngsi', mediaType: json, url: links.ngsi(id) },
  ];
  if (view.geometry !== undefined) {
    apis.push({
      kind: 'api',
      key: 'features',
      code: 'features',
      label: 'OGC API – Features',
      mediaType: 'application/geo+json',
      url: links.collection(id),
    });
  }
  const dated = snapshots.flatMap(({ moment, takenAt, files }) =>
    files.map(({ format, bytes, sha256 }): Resource => {
      const { label, mediaType } = formats[format];
      const url = links.snapshot(id, moment, format);
      return {
        kind: 'snapshot',
        key: `${format}-${moment}`,
        code: format,
        label,
        mediaType,
        url,
        moment,
        at: takenAt,
        bytes,
        sha256,
      };
    }),
  );
  return [...live, ...apis, ...dated];
}
