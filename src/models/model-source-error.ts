/** A place that models are to come from cannot be read, or has none. The message says which and why. */
export class ModelSourceError extends Error {
  override readonly name = 'ModelSourceError';
}
