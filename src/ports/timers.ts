/** Something to happen later, so that tests need not wait for it. */
export interface Timers {
  /**
   * Calls back once, no earlier than after so many milliseconds, and never before this returns; what is returned calls it off.
   * A timer keeps no process alive.
   */
  after(delayMs: number, callback: () => void): () => void;
}
