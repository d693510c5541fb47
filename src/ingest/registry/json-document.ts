import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { wrongSyntax } from '../iot-refusal.ts';

/**
 * Reads the members of a document that a client wrote, refusing with `wrongSyntax` what is not of its kind. `where` names the
 * document in the messages: `devices[0]`. A member that is null counts as absent.
 */
export class JsonDocument {
  readonly members: JsonObject;
  readonly #where: string;

  constructor(value: JsonValue | undefined, where: string) {
    if (!isJsonObject(value)) throw wrongSyntax(`${where} must be an object`);
    this.members = value;
    this.#where = where;
  }

  /** The place of a member, for messages. */
  at(name: string): string {
    return this.#where === '' ? name : `${this.#where}.${name}`;
  }

  text(name: string): string | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw wrongSyntax(`${this.at(name)} must be a text that is not empty`);
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw wrongSyntax(`${this.at(name)} is missing`);
    return value;
  }

  /** Some clients write it as a text. */
  flag(name: string): boolean | undefined {
    const value = this.members[name] ?? undefined;
    if (value === 'true' || value === 'false') return value === 'true';
    if (value === undefined || typeof value === 'boolean') return value;
    throw wrongSyntax(`${this.at(name)} must be true or false`);
  }

  wholeNumber(name: string, from: number, to: number): number | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
    throw wrongSyntax(`${this.at(name)} must be a whole number from ${from} to ${to}`);
  }

  oneOf<const Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined) return undefined;
    const word = words.find((each) => each === value);
    if (word === undefined) throw wrongSyntax(`${this.at(name)} must be one of ${words.join(', ')}`);
    return word;
  }

  object(name: string): JsonObject | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined || isJsonObject(value)) return value;
    throw wrongSyntax(`${this.at(name)} must be an object`);
  }

  /** The items of a list of objects; none where there is no list. */
  documents(name: string, most: number): readonly JsonDocument[] {
    const value = this.members[name] ?? [];
    if (!Array.isArray(value)) throw wrongSyntax(`${this.at(name)} must be an array`);
    if (value.length > most) throw wrongSyntax(`${this.at(name)} has ${value.length} items; ${most} are allowed`);
    return value.map((item: JsonValue, index) => new JsonDocument(item, `${this.at(name)}[${index}]`));
  }

  /** A name that is written wrongly would otherwise go unseen. */
  refuseOthers(known: ReadonlySet<string>): void {
    for (const name of Object.keys(this.members)) {
      if (!known.has(name)) throw wrongSyntax(`${this.at(name)} is not known; known are ${[...known].join(', ')}`);
    }
  }
}
