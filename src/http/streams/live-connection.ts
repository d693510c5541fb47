/** A client that is sent messages for as long as it likes. */
export interface LiveConnection {
  /**
   * Sends a message, one line of text, and the position that the client may go on from.
   *
   * Messages are not kept for a client that reads too slowly: when more than `maxUnsentBytes` wait for it the connection ends
   * after them, and what is sent later is passed over. The client comes back with the position of the last one it got.
   */
  send(position: string, message: string): void;
  /** Ends the connection after what was sent. */
  end(): void;
  /** Calls back once the connection has ended, whoever ended it. */
  onEnd(callback: () => void): void;
}

/** Bytes that may wait for one client. */
export const maxUnsentBytes = 1_048_576;

/** How often a client that is sent nothing else hears that the connection is alive. */
export const heartbeatMs = 15_000;

/** How long a connection that ends may take to send what waits for it. */
export const lingerMs = 10_000;
