import { listTransforms } from './list-transforms.ts';
import { numberTransforms } from './number-transforms.ts';
import { patternTransforms } from './pattern-transforms.ts';
import { textTransforms } from './text-transforms.ts';
import { timeTransforms } from './time-transforms.ts';
import type { Transform } from './transform.ts';

/** The transformations that expressions may name. */
export type TransformVocabulary = ReadonlyMap<string, Transform>;

/** Every transformation of the language by its name. [V2 available transformations] */
export const transforms: TransformVocabulary = new Map([
  ...textTransforms,
  ...numberTransforms,
  ...listTransforms,
  ...patternTransforms,
  ...timeTransforms,
]);
