const bytesPerRendering = 200;

/** A map of renderings that says about how many bytes it takes in. */
export class Memo extends Map<string, string> {
  constructor(private readonly grew: (bytes: number) => void) {
    super();
  }

  override set(name: string, rendering: string): this {
    const before = this.get(name)?.length ?? 0;
    super.set(name, rendering);
    this.grew(rendering.length - before + (before === 0 ? bytesPerRendering : 0));
    return this;
  }
}
