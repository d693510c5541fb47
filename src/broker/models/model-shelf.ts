import { compareVersions, type DataModel } from '../../core/model/data-model.ts';

/** Models by type and version; those that were put later stand before those of the same version. */
export class ModelShelf {
  readonly #byType = new Map<string, Map<string, DataModel>>();

  put(model: DataModel): void {
    let versions = this.#byType.get(model.type);
    if (versions === undefined) {
      versions = new Map();
      this.#byType.set(model.type, versions);
    }
    versions.set(model.version, model);
  }

  /** The model of a version, or of the highest. */
  get(type: string, version?: string): DataModel | undefined {
    if (version !== undefined) return this.#byType.get(type)?.get(version);
    return this.versionsOf(type).at(-1);
  }

  /** All versions of a type, the lowest first. */
  versionsOf(type: string): readonly DataModel[] {
    const versions = [...(this.#byType.get(type)?.values() ?? [])];
    return versions.toSorted((one, other) => compareVersions(one.version, other.version));
  }

  /** Sorted. */
  types(): readonly string[] {
    return [...this.#byType.keys()].toSorted();
  }
}
