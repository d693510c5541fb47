/** Something of a model that could not be used as it is; the model is used without it. */
export interface ModelNote {
  /** Where it stands: a JSON Pointer into the document that is named, or into the model's own. */
  readonly pointer: string;
  readonly document?: string;
  /** What it is and what became of it, in a sentence without its full stop. */
  readonly note: string;
}

/** The document cannot be used as a model. The message says why and what would be right. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
