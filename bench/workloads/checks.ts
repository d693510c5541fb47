import type { Answer } from '../contenders/contender.ts';

/** The answer has this status. */
export function expectStatus(expected: number): (answer: Answer) => void {
  return ({ status, body }) => {
    if (status !== expected) throw new Error(`expected ${expected}, got ${status} ${body.slice(0, 200)}`);
  };
}

/** The answer is an array of at least so many entities. */
export function expectEntities(atLeast: number): (answer: Answer) => void {
  return ({ status, body }) => {
    const entities: unknown = status === 200 ? JSON.parse(body) : undefined;
    if (!Array.isArray(entities) || entities.length < atLeast) {
      throw new Error(`expected ${atLeast} entities, got ${status} ${body.slice(0, 200)}`);
    }
  };
}
