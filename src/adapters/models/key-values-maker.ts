import type { KeyValues } from '../../core/model/key-values.ts';

/**
 * Makes objects that have the names already, undefined, and no prototype: all of one shape, so that filling and judging them
 * is as fast as with a class. An object that gets its names one by one becomes a dictionary after a dozen.
 */
export function keyValuesMaker(names: ReadonlySet<string>): () => KeyValues {
  const members = [...names].map((name) => `this[${JSON.stringify(name)}] = undefined;`);
  // What is between the brackets is a text whatever the name: nothing of a schema is run.
  const Shape = new Function(members.join('\n')) as unknown as { new (): KeyValues; prototype: object };
  Shape.prototype = Object.create(null);
  return () => new Shape();
}
