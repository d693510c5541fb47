/** How far every process that answers is with what the writer commits, as one replica knows it. */
export class SharedMark {
  #shared = 0;
  /** In the order of their numbers, as commits come in that order. */
  #waiting: { readonly number: number; readonly resolve: () => void }[] = [];

  /** Commits up to this one may be shown. */
  reached(number: number): void {
    this.#shared = number;
    const due = this.#waiting.filter((one) => one.number <= number);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => one.number > number);
    for (const { resolve } of due) resolve();
  }

  /** Resolves once the commit may be shown; undefined where it may already. */
  whenReached(number: number): Promise<void> | undefined {
    if (number <= this.#shared) return undefined;
    return new Promise((resolve) => this.#waiting.push({ number, resolve }));
  }
}
