/** A mapping that cannot be run: fatal, since every row would suffer. The message names the file and the JSON path. */
export class MappingError extends Error {
  constructor(
    readonly file: string,
    /** Where in the mapping, as `attributes.no2.from`; empty for the whole. */
    readonly path: string,
    readonly problem: string,
  ) {
    super(path === '' ? `${file}: ${problem}` : `${file}: ${path}: ${problem}`);
    this.name = 'MappingError';
  }
}
