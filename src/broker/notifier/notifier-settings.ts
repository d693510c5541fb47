/** How patient the notifier is, and how much it takes on at once. All at least 1 unless said otherwise. */
export interface NotifierSettings {
  /** Attempts under way to one endpoint; a new or failing one gets fewer. */
  readonly maxConcurrency: number;
  /** Wait after a first failure, doubled with each further one up to the longest. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** How long an endpoint as a whole is left alone that asks for it; a notification itself waits as long as it was asked to. */
  readonly longestAskedMs: number;
  /** What is owed for longer becomes a dead letter when its turn comes. */
  readonly maxAgeMs: number;
  /** Failures in a row from which on an endpoint is left alone, but for one attempt now and then. */
  readonly failuresToPause: number;
  /** What is kept in memory of all that is owed, in notifications and in characters of entities; the rest is read when its turn comes. */
  readonly maxLoaded: number;
  readonly maxLoadedCharacters: number;
  /** How long what became of notifications is gathered before it is stored; may be 0. */
  readonly settleDelayMs: number;
  /** How long a stop waits for attempts under way; may be 0. */
  readonly stopTimeoutMs: number;
  /** Notifications that are kept for each subscription that is read as a stream. */
  readonly streamLength: number;
  /** Attempts that are remembered for each subscription. */
  readonly logLength: number;
}

export const defaultNotifierSettings: NotifierSettings = {
  maxConcurrency: 32,
  firstRetryMs: 500,
  longestRetryMs: 60_000,
  longestAskedMs: 300_000,
  maxAgeMs: 24 * 60 * 60 * 1000,
  failuresToPause: 5,
  maxLoaded: 50_000,
  maxLoadedCharacters: 50_000_000,
  settleDelayMs: 25,
  stopTimeoutMs: 5000,
  streamLength: 1000,
  logLength: 20,
};
