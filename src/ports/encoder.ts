/**
 * Makes files of entities elsewhere than where requests are answered: who answers hands over texts and gets bytes back, and neither
 * its time nor its memory grows with what a row costs.
 */
export interface Encoder<Job> {
  /**
   * What the job makes of the entities, piece by piece. They come as texts in the stored form, some at a time; the next are asked
   * for when there is room for them. Rejects with what the job or the entities reject with. What is not read to its end is given up.
   */
  encode(job: Job, batches: AsyncIterable<readonly string[]>): AsyncIterable<Uint8Array>;

  /** Resolves when nothing is being made any more; what was is given up. */
  close(): Promise<void>;
}
