import type { Answer, BenchRequest, Contender } from '../contenders/contender.ts';
import type { LimitServer } from '../contenders/limit.ts';
import type { Oriel } from '../contenders/oriel.ts';
import type { ReceiverPorts } from '../receivers/receipts.ts';

export type Workload =
  | RequestWorkload
  | PairWorkload
  | StartWorkload
  | ForwardingWorkload
  | ModelsWorkload
  | DialectsWorkload
  | WorkersWorkload;

interface Named {
  /** What the command line calls it. */
  readonly name: string;
  /** What is measured, in a sentence that the page shows. */
  readonly about: string;
  /** How many entities the city has. */
  readonly entities: number;
}

/** What Oriel is to reach, on one engine or the other, in relation to another contender or at all. */
export type Bar =
  | { readonly kind: 'ratio'; readonly whose: Engine; readonly of: LimitName | Engine; readonly least: number }
  | { readonly kind: 'cpu'; readonly whose: Engine; readonly mostMsPerRequest: number };

/** Oriel on the embedded store, or on MongoDB where one is named. */
export type Engine = 'oriel' | 'oriel-mongodb';

export type LimitName = LimitServer | 'sqlite-rows' | 'memory-scan' | DriverLimit;

/** What the driver alone does; left out where no MongoDB is named. */
export type DriverLimit = 'mongodb-find-one' | 'mongodb-query' | 'mongodb-bulk-write';

/** Requests that all contenders answer in turn. */
export interface RequestWorkload extends Named {
  readonly kind: 'requests';
  /** Whether entities are changed: reads come first, and never see what these did. */
  readonly writes: boolean;
  /** Every second of load has requests of its own: an update that says what is known stores nothing, so it must not be sent twice. */
  readonly renewed?: boolean;
  readonly limits: readonly LimitName[];
  readonly bars?: readonly Bar[];
  /** Entities that one request is about; 1 unless told otherwise. */
  readonly entitiesPerRequest?: number;
  /** Requests under way at a time; 50 unless told otherwise. */
  readonly connections?: number;
  /** So many a second whatever the answers do (`openLoad`); absent: as many as are answered (`steadyLoad`). */
  readonly perSecond?: number;
  /** The first so many requests are different in kind, and the limit answers each with its own bytes; 1 unless told otherwise. */
  readonly kinds?: number;
  readonly requests: (random: () => number, entities: number) => readonly BenchRequest[];
  /** Fails when an answer is not what the workload means to measure. */
  readonly check: (answer: Answer) => void;
  /** Before anything is measured, on a broker that is started for this workload alone; there is an HTTP receiver for what it subscribes. */
  readonly prepare?: (contender: Contender, ports: ReceiverPorts) => Promise<void>;
}

/**
 * Updates of a broker that was prepared in one way, to measure beside the same updates of one prepared in another. Each update writes a
 * value of its own to the next counter.
 */
export interface PairWorkload extends Named {
  readonly kind: 'pair';
  /** What the two are called. */
  readonly these: string;
  readonly those: string;
  /** How many counters take turns to be updated. */
  readonly updated: number;
  /** `rate`: updates a second until the last notification arrived; `latency`: the 99th percentile from acknowledgement to receipt. */
  readonly compares: 'rate' | 'latency';
  /** The least ratio: of the rates, these to those; of the latencies, those to these. Absent: it is measured, and not judged. */
  readonly target?: number;
  /** Updates a second; absent: as many as the broker takes. */
  readonly perSecond?: number;
  /** A program in `bench/receivers` with its arguments; absent: nobody is to be notified. */
  readonly receiver?: { readonly program: string; readonly args: readonly string[] };
  readonly prepare: (broker: Oriel, side: Side, ports: ReceiverPorts) => Promise<void>;
  /** How many notifications an update of a counter owes to receivers that are alive. */
  readonly arrivals: (counter: number, side: Side) => number;
}

export type Side = 'these' | 'those';

/** How long a start takes, and what memory an entity takes. */
export interface StartWorkload extends Named {
  readonly kind: 'start';
  readonly mostSeconds: number;
  readonly mostBytesPerEntity: number;
}

/** A query of a broker with registrations. */
export interface ForwardingWorkload extends Named {
  readonly kind: 'forwarding';
  readonly path: string;
  /** Bodies of `POST /v2/registrations`. */
  readonly registrations: readonly object[];
  /** So many that have an entity of the type `Remote` each, and take so long to answer. */
  readonly providers: number;
  readonly latencyMs: number;
  readonly connections: number;
  /** Without providers, of the rate to that of a broker without registrations; else of what they take one after the other to what an answer takes. */
  readonly least: number;
}

/** Writes to a broker whose policy enforces data models, to measure beside the same writes to one whose policy does not. */
export interface ModelsWorkload extends Named {
  readonly kind: 'models';
  readonly entitiesPerRequest: number;
  /** The least ratio of the rates, enforced to not. */
  readonly target: number;
  readonly requests: (random: () => number) => readonly BenchRequest[];
}

/** The same questions in both dialects, to the same broker. */
export interface DialectsWorkload extends Named {
  readonly kind: 'dialects';
  /** The least ratio of the processor time of a request, NGSIv2 to NGSI-LD. */
  readonly target: number;
  /** The context that the NGSI-LD client names. */
  readonly context?: Readonly<Record<string, string>>;
  /** Each question once in either. */
  readonly requests: (
    random: () => number,
    entities: number,
  ) => { readonly ngsiLd: readonly BenchRequest[]; readonly ngsiv2: readonly BenchRequest[] };
  readonly check: (answer: Answer) => void;
}

/** Reads of one process, to measure beside the same reads of several on one port. */
export interface WorkersWorkload extends Named, Pick<RequestWorkload, 'requests' | 'check'> {
  readonly kind: 'workers';
  /** The least that a core adds, of what one gives. */
  readonly target: number;
}
