/** Sends messages of one kind to wherever they go. */
export interface Transport<Message> {
  /**
   * Makes one attempt and never rejects: whatever comes of it is an outcome. Bounded in time and in what it reads of an
   * answer. Order is kept by those who await one attempt before the next.
   */
  send(message: Message): Promise<DeliveryOutcome>;
  /** Lets go of connections. Attempts under way end as failed. */
  close(): Promise<void>;
}

/** Asks others, and reads what they answer to its end. */
export interface Asker<Message> {
  /** Makes one attempt and never rejects. Bounded in time, the answer included, and in its size. */
  ask(message: Message): Promise<AskOutcome>;
}

/** What came of asking. */
export type AskOutcome =
  /** With whatever status. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** A header of the answer by its name in lower case, its first value. */
      readonly header: (name: string) => string | undefined;
      readonly body: string;
    }
  | Unreached;

/** What came of an attempt. */
export type DeliveryOutcome =
  /** The receiver answered, with whatever status: it was reached. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** From `Retry-After`. */
      readonly retryAfterMs?: number;
      /** The first characters of the body. */
      readonly answer: string;
    }
  /** The receiver has it: acknowledged as far as the protocol acknowledges. */
  | { readonly kind: 'accepted' }
  | Unreached;

export type Unreached =
  /** It was not reached, or did not answer in time. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** It never will be: the address is none that may be sent to. Trying again makes no sense. */
  | { readonly kind: 'impossible'; readonly reason: string };
