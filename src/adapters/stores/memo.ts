import type { Memo } from '../../ports/entity-store.ts';

const bytesPerRendering = 200;

/**
 * Renderings that say about how many bytes they take in. Most entities are read in one way only, so the first rendering lies here,
 * and further ones in a map: a page of twenty entities is twenty look-ups.
 */
export class CountedMemo implements Memo {
  private name: string | undefined;
  private rendering: string | undefined;
  private others: Map<string, string> | undefined;

  constructor(private readonly grew: (bytes: number) => void) {}

  get size(): number {
    return (this.name === undefined ? 0 : 1) + (this.others?.size ?? 0);
  }

  get(name: string): string | undefined {
    return name === this.name ? this.rendering : this.others?.get(name);
  }

  set(name: string, rendering: string): this {
    const before = this.get(name);
    if (this.name === undefined || this.name === name) {
      this.name = name;
      this.rendering = rendering;
    } else {
      this.others ??= new Map();
      this.others.set(name, rendering);
    }
    this.grew(rendering.length - (before?.length ?? -bytesPerRendering));
    return this;
  }

  /** Forgets all; what they took stays counted until the whole record goes. */
  clear(): void {
    this.name = undefined;
    this.rendering = undefined;
    this.others = undefined;
  }
}
