/**
 * Makes files of entities elsewhere than where requests are answered: who answers hands over texts and hears what has been written, and
 * neither its time nor its memory grows with what a row costs.
 */
export interface Encoder<Job, Progress> {
  /**
   * Makes what the job says of the entities, and tells how far it is. They come as texts in the stored form, some at a time; the next
   * are asked for when there is room for them. Rejects with what the job or the entities reject with. What is not read to its end is
   * given up.
   */
  encode(job: Job, batches: AsyncIterable<readonly string[]>): AsyncIterable<Progress>;

  /** Resolves when nothing is being made any more; what was is given up. */
  close(): Promise<void>;
}
