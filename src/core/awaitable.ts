/** What is known at once, or later: who has an answer in memory need not make its callers wait a turn for it. */
export type Awaitable<Value> = Value | Promise<Value>;

/** What follows from the value: at once where it is known. What the step throws is thrown, or rejects, accordingly. */
export function whenKnown<Value, Result>(
  value: Awaitable<Value>,
  step: (value: Value) => Awaitable<Result>,
): Awaitable<Result> {
  return value instanceof Promise ? value.then(step) : step(value);
}
