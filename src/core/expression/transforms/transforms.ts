import { listTransforms } from './list-transforms.ts';
import { numberTransforms } from './number-transforms.ts';
import { patternTransforms } from './pattern-transforms.ts';
import { textTransforms } from './text-transforms.ts';
import { timeTransforms } from './time-transforms.ts';
import type { Transform } from './transform.ts';

/** Every transformation of the language by its name. [V2 available transformations] */
export const transforms: ReadonlyMap<string, Transform> = new Map([
  ...textTransforms,
  ...numberTransforms,
  ...listTransforms,
  ...patternTransforms,
  ...timeTransforms,
]);
