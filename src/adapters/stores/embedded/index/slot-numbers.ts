/** A number for each slot of a partition: its place in the order of creation, which breaks ties in every index, or a time. */
export class SlotNumbers {
  /** By slot; what a freed slot holds means nothing. Replaced when it grows: read it through this object. */
  values = new Float64Array(8);

  set(slot: number, number: number): void {
    if (slot >= this.values.length) {
      const grown = new Float64Array(Math.max(slot + 1, Math.ceil(this.values.length * 1.5)));
      grown.set(this.values);
      this.values = grown;
    }
    this.values[slot] = number;
  }

  at(slot: number): number {
    return this.values[slot] as number;
  }
}
