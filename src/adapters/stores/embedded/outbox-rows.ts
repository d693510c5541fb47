import type { ChangeFacts } from '../../../core/subscription/notification-facts.ts';
import type { Alteration } from '../../../core/subscription/subscription.ts';
import type { DeadLetter, DeadLetterSelection, OwedNotification } from '../../../ports/outbox.ts';

/** A notification as it lies in the outbox, its change beside it. */
export interface OwedRow {
  readonly id: number;
  readonly change: number;
  readonly subscription: string;
  readonly alteration: string;
  readonly ordinal: number;
  readonly since: number;
  readonly entityId: string;
  readonly entity: string;
  readonly previous: string | null;
  readonly details: string;
}

/** A row that was given up. */
export interface DeadRow extends OwedRow {
  readonly diedAt: number;
  readonly attempts: number;
  readonly reason: string;
}

/** The rows of one tenant's outbox, wherever they lie; commits put them there. `Outbox` says what the methods promise. */
export interface OutboxRows {
  backlog(): Promise<readonly (readonly [subscriptionId: string, owed: number])[]>;
  page(subscriptionId: string, after: number, limit: number): Promise<readonly OwedRow[]>;
  deadLetters(
    selection: DeadLetterSelection,
    offset: number,
    limit: number,
  ): Promise<{ readonly rows: readonly DeadRow[]; readonly count: number }>;
  replay(selection: DeadLetterSelection, now: number, limit: number): Promise<readonly OwedRow[]>;
  /** `owed`: rows that are left. */
  purge(selection: DeadLetterSelection): Promise<{ readonly purged: number; readonly owed: number }>;
}

/** What the rows say; those of one change, where they stand together, share its facts. */
export function decodeRows(rows: readonly OwedRow[]): OwedNotification[] {
  let change = -1;
  let facts: ChangeFacts | undefined;
  return rows.map((row) => {
    if (facts === undefined || row.change !== change) facts = decodeFacts(row);
    change = row.change;
    return {
      id: row.id,
      subscriptionId: row.subscription,
      alteration: row.alteration as Alteration,
      ordinal: row.ordinal,
      owedSince: row.since,
      entityId: row.entityId,
      facts,
    };
  });
}

export function decodeDeadRows(rows: readonly DeadRow[]): DeadLetter[] {
  return decodeRows(rows).map((owed, at) => {
    const { diedAt, attempts, reason } = rows[at] as DeadRow;
    return { ...owed, diedAt, attempts, reason };
  });
}

export function encodeDetails({ entity: _entity, previous: _previous, ...details }: ChangeFacts): string {
  return JSON.stringify(details);
}

function decodeFacts({ entity, previous, details }: OwedRow): ChangeFacts {
  return { ...JSON.parse(details), entity, ...(previous !== null && { previous }) };
}
