/**
 * Why a request about devices, or a reading, was refused: closed, so that `wordIotRefusal` words every one of them or does
 * not compile. What the broker behind refuses comes as its own `Refusal`.
 */
export type IotRefusalReason =
  /** The request or the payload is wrong in itself; `description` says what, where and what would be right. */
  | { readonly kind: 'wrongSyntax'; readonly description: string }
  /** Query parameters without which it is not known whose reading it is. */
  | { readonly kind: 'missingParameters'; readonly names: readonly string[] }
  | { readonly kind: 'badTimestamp'; readonly text: string }
  /** Observed further in the future than clocks go wrong. */
  | { readonly kind: 'observedInFuture'; readonly observed: string; readonly limitSeconds: number }
  /** No service group has the key, on the resource if one is named. */
  | { readonly kind: 'groupNotFound'; readonly apikey: string; readonly resource?: string }
  | { readonly kind: 'groupExists'; readonly apikey: string; readonly resource: string }
  | { readonly kind: 'deviceNotFound'; readonly deviceId: string }
  | { readonly kind: 'deviceExists'; readonly deviceId: string }
  | { readonly kind: 'commandNotFound'; readonly command: string }
  | { readonly kind: 'limitReached'; readonly what: string; readonly limit: number }
  /** A device sends more than it may. */
  | {
      readonly kind: 'tooFast';
      readonly deviceId: string;
      readonly perSecond: number;
      readonly retryAfterSeconds: number;
    }
  /** Some measures, or all of them, were refused; the others are stored. */
  | { readonly kind: 'measuresRefused'; readonly problems: readonly MeasureProblem[]; readonly stored: boolean };

/** One measure and what was wrong with it. */
export interface MeasureProblem {
  /** As the device calls it; absent: the reading as a whole. */
  readonly measure?: string;
  readonly problem: string;
}

/** One request about devices refused. Thrown by everything in `ingest`, worded at the edge. */
export class IotRefusal extends Error {
  constructor(readonly reason: IotRefusalReason) {
    super(reason.kind);
    this.name = 'IotRefusal';
  }
}

/** Refuses what is wrong in itself. */
export function wrongSyntax(description: string): IotRefusal {
  return new IotRefusal({ kind: 'wrongSyntax', description });
}
