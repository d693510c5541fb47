/** A source that cannot be found, opened or read at all: fatal, where a single bad row is not. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
