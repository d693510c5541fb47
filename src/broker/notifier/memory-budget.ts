import type { OwedNotification } from '../../ports/outbox.ts';
import type { NotifierSettings } from './notifier-settings.ts';

/** How much of what is owed is in memory. Notifications that share the facts of a change are counted as if they did not. */
export class MemoryBudget {
  readonly #settings: Pick<NotifierSettings, 'maxLoaded' | 'maxLoadedCharacters'>;
  #loaded = 0;
  #characters = 0;

  constructor(settings: Pick<NotifierSettings, 'maxLoaded' | 'maxLoadedCharacters'>) {
    this.#settings = settings;
  }

  get isSpent(): boolean {
    return this.#loaded >= this.#settings.maxLoaded || this.#characters >= this.#settings.maxLoadedCharacters;
  }

  take({ facts }: OwedNotification): void {
    this.#loaded++;
    this.#characters += facts.entity.length + (facts.previous?.length ?? 0);
  }

  give({ facts }: OwedNotification): void {
    this.#loaded--;
    this.#characters -= facts.entity.length + (facts.previous?.length ?? 0);
  }
}
