import type { OwedNotification } from '../../ports/outbox.ts';

/** Tells a dead letter that somebody asked for again: it is sent whatever became of its subscription, and no throttle applies. */
export function isReplayed({ owedSince, facts }: OwedNotification): boolean {
  return owedSince !== facts.changedAt;
}
