import type { Quad } from 'n3';

/** All that is said of one thing together, things in the order in which they come up, so that each is written once. */
export function grouped(quads: readonly Quad[]): readonly Quad[] {
  const bySubject = new Map<string, Quad[]>();
  for (const quad of quads) {
    const own = bySubject.get(quad.subject.value);
    if (own === undefined) bySubject.set(quad.subject.value, [quad]);
    else own.push(quad);
  }
  return [...bySubject.values()].flatMap(byProperty);
}

function byProperty(quads: readonly Quad[]): readonly Quad[] {
  const properties = [...new Set(quads.map(({ predicate }) => predicate.value))];
  return properties.flatMap((property) => quads.filter(({ predicate }) => predicate.value === property));
}
