/** What an answer lacks, or may lack: a provider that did not answer, or not all of it. */
export interface MissingSource {
  /** Its address, or the name of its endpoint. */
  readonly provider: string;
  readonly reason: string;
}
