import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { invalid } from './ckan-error.ts';

/**
 * The parameters of an action, which come as text in a URL and as JSON in a body: a number may be a text, a list may be a text
 * that holds JSON or words joined by commas. Every reader refuses with a `Validation Error` what it cannot take.
 */
export class Parameters {
  readonly #values: JsonObject;

  constructor(values: JsonObject) {
    this.#values = values;
  }

  value(name: string): JsonValue | undefined {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return value === null || value === '' ? undefined : value;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw invalid(name, 'Must be a text');
  }

  /** Refuses one that is missing. */
  required(...names: readonly string[]): string {
    for (const name of names) {
      const text = this.text(name);
      if (text !== undefined) return text;
    }
    throw invalid(names[0] ?? '', 'Missing value');
  }

  whole(name: string, preset: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.value(name);
    if (value === undefined) return preset;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw invalid(name, 'Invalid integer');
    if (number < 0) throw invalid(name, 'Must be a natural number');
    return Math.min(number, max);
  }

  flag(name: string, preset: boolean): boolean {
    const value = this.value(name);
    if (value === undefined) return preset;
    return value === true || value === 1 || (typeof value === 'string' && /^(true|yes|t|y|on|1)$/i.test(value));
  }

  list(name: string): readonly string[] | undefined {
    const value = parsed(this.value(name));
    if (value === undefined) return undefined;
    const items = Array.isArray(value) ? (value as readonly JsonValue[]) : String(value).split(',');
    return items.map((item) => {
      if (typeof item !== 'string' && typeof item !== 'number') throw invalid(name, 'Must be a list of texts');
      return String(item).trim();
    });
  }

  object(name: string): JsonObject | undefined {
    const value = parsed(this.value(name));
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) throw invalid(name, 'Must be a JSON object');
    return value;
  }
}

/** A text that holds a JSON list or object is that. */
function parsed(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    return value;
  }
}
