/** What a slot of a column holds. In the order of values (`compare-values.ts`), where the first three tie. */
export const Kind = {
  absent: 0,
  /** A `DateTime` without a value: there, but equal to nothing. */
  emptyInstant: 1,
  null: 2,
  number: 3,
  instant: 4,
  text: 5,
  object: 6,
  array: 7,
  false: 8,
  true: 9,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** A text; of an array, its scalar members. */
export type CellValue = string | readonly CellMember[];

/** What comparisons can tell of a member of an array; objects and arrays count by their kind alone. */
export type CellMember = string | number | boolean | null | Record<string, never> | readonly never[];

interface SparseCell {
  readonly kind: Kind;
  readonly number: number;
  readonly value: CellValue | undefined;
}

const noNumbers = new Float64Array(0);
const noValues: (CellValue | undefined)[] = [];

/** A column fuller than one slot in this many is kept dense. */
const sparseness = 16;

/**
 * The values of one column by slot: arrays while the column is well filled, a map while it is not, so that neither a value on
 * every entity nor a name that only one entity has costs more than it holds. About 9 bytes a slot for numbers, beside the
 * text for texts.
 */
export class Cells {
  /** Slots that hold something. */
  count = 0;
  /** By slot, as far as it goes; empty while the column is sparse. Replaced when it grows: read it through this object. */
  kinds = new Uint8Array(0);
  /** By slot, where there have been numbers or instants and the column is dense. */
  numbers: Float64Array = noNumbers;
  /** By slot, where there have been texts or arrays and the column is dense; may end early. */
  values: (CellValue | undefined)[] = noValues;
  private sparse: Map<number, SparseCell> | undefined = new Map();

  kindAt(slot: number): Kind {
    if (this.sparse === undefined) return slot < this.kinds.length ? (this.kinds[slot] as Kind) : Kind.absent;
    return this.sparse.get(slot)?.kind ?? Kind.absent;
  }

  /** Of a number or an instant. */
  numberAt(slot: number): number {
    if (this.sparse === undefined) return this.numbers[slot] as number;
    return this.sparse.get(slot)?.number ?? Number.NaN;
  }

  /** Of a text or an array. */
  valueAt(slot: number): CellValue | undefined {
    return this.sparse === undefined ? this.values[slot] : this.sparse.get(slot)?.value;
  }

  /** The slots of a column too thinly filled to be walked; undefined for a dense one. */
  sparseSlots(): Iterable<number> | undefined {
    return this.sparse?.keys();
  }

  set(slot: number, kind: Kind, number: number, value: CellValue | undefined): void {
    const before = this.kindAt(slot);
    if (before === Kind.absent && kind === Kind.absent) return;
    if (before === Kind.absent) this.count++;
    if (kind === Kind.absent) this.count--;
    if (this.sparse !== undefined) {
      if (kind === Kind.absent) this.sparse.delete(slot);
      else this.sparse.set(slot, { kind, number, value });
      if (this.count > 8 && this.count * sparseness > slot) this.toDense(slot);
    } else {
      this.setDense(slot, kind, number, value);
      if (this.count * sparseness * 4 < this.kinds.length) this.toSparse();
    }
  }

  private setDense(slot: number, kind: Kind, number: number, value: CellValue | undefined): void {
    if (slot >= this.kinds.length) {
      if (this.count * sparseness < slot) {
        this.toSparse();
        this.sparse?.set(slot, { kind, number, value });
        return;
      }
      this.grow(Math.max(slot + 1, Math.ceil(this.kinds.length * 1.5)));
    }
    this.kinds[slot] = kind;
    if (kind === Kind.number || kind === Kind.instant) {
      if (this.numbers.length < this.kinds.length) this.growNumbers();
      this.numbers[slot] = number;
    }
    if (value === undefined && this.values.length <= slot) return;
    if (this.values === noValues) this.values = [];
    // Pushed rather than set far behind the end, which would turn the array into a dictionary.
    while (this.values.length <= slot) this.values.push(undefined);
    this.values[slot] = value;
  }

  private grow(capacity: number): void {
    const kinds = new Uint8Array(capacity);
    kinds.set(this.kinds);
    this.kinds = kinds;
    if (this.numbers.length > 0) this.growNumbers();
  }

  private growNumbers(): void {
    const numbers = new Float64Array(this.kinds.length);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }

  private toDense(slot: number): void {
    const cells = this.sparse ?? new Map<number, SparseCell>();
    let last = slot;
    for (const at of cells.keys()) last = Math.max(last, at);
    if (this.count * sparseness <= last) return;
    this.sparse = undefined;
    this.grow(last + 1);
    for (const [at, { kind, number, value }] of cells) this.setDense(at, kind, number, value);
  }

  private toSparse(): void {
    const sparse = new Map<number, SparseCell>();
    for (const [slot, kind] of this.kinds.entries()) {
      if (kind === Kind.absent) continue;
      sparse.set(slot, { kind: kind as Kind, number: this.numbers[slot] ?? Number.NaN, value: this.values[slot] });
    }
    this.sparse = sparse;
    this.kinds = new Uint8Array(0);
    this.numbers = noNumbers;
    this.values = noValues;
  }
}
