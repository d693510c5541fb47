import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** How far the push of one dataset is. */
export interface PushState {
  /** The table in the CKAN that has the rows. */
  readonly resourceId: string;
  /** All rows are there up to this place in the stream of changes; absent: the copy of all rows is not finished. */
  readonly position?: string;
}

/** A file that remembers how far pushes are, by dataset and CKAN; written as a whole, so that a crash leaves the one before. */
export class PushStates {
  readonly #file: string;
  readonly #states: Record<string, PushState>;

  /** Throws for a file that is there and cannot be read. */
  constructor(file: string) {
    this.#file = file;
    this.#states = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, PushState>) : {};
  }

  get(ckan: string, dataset: string): PushState | undefined {
    return this.#states[`${ckan} ${dataset}`];
  }

  set(ckan: string, dataset: string, state: PushState): void {
    this.#states[`${ckan} ${dataset}`] = state;
    writeFileSync(`${this.#file}.part`, JSON.stringify(this.#states, null, 2));
    renameSync(`${this.#file}.part`, this.#file);
  }
}
