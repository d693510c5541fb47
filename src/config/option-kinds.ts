import { isIP } from 'node:net';

/**
 * How the text of one option becomes its value, and what is said when it does not.
 *
 * `parse` answers undefined for a text that is not of the kind; `expects` completes "it must be …".
 */
export interface OptionKind<Value> {
  parse(text: string): Value | undefined;
  render(value: Value): string;
  readonly expects: string;
  /** Stands for the value in help: `--port <number>`. */
  readonly placeholder: string;
}

/** A whole number, both ends included. */
export function wholeNumber(from: number, to: number, unit = 'number'): OptionKind<number> {
  return {
    parse(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= from && value <= to ? value : undefined;
    },
    render: String,
    expects: `a whole number from ${from} to ${to}`,
    placeholder: unit,
  };
}

/** One of a few words. */
export function oneOf<const Word extends string>(placeholder: string, words: readonly Word[]): OptionKind<Word> {
  return {
    parse: (text) => words.find((word) => word === text),
    render: String,
    expects: `one of ${words.join(', ')}`,
    placeholder,
  };
}

/** `on` or `off`; `true` and `false` are understood. */
export const onOrOff: OptionKind<boolean> = {
  parse(text) {
    if (text === 'on' || text === 'true') return true;
    return text === 'off' || text === 'false' ? false : undefined;
  },
  render: (value) => (value ? 'on' : 'off'),
  expects: 'on or off',
  placeholder: 'on|off',
};

/** Any text of at least one character. */
export function text(placeholder: string, expects: string): OptionKind<string> {
  return { parse: (given) => (given === '' ? undefined : given), render: String, expects, placeholder };
}

/** A name that can stand in a header. [RFC 9110 5.6.2] */
export function token(placeholder: string): OptionKind<string> {
  return {
    parse: (given) => (/^[A-Za-z0-9._~-]{1,64}$/.test(given) ? given : undefined),
    render: String,
    expects: '1 to 64 letters, digits, dots, hyphens, underscores and tildes',
    placeholder,
  };
}

/** IP addresses and ranges of them, or the one word that stands for some. */
export function addressRanges<const Word extends string>(...words: readonly Word[]): OptionKind<string> {
  return {
    parse: (given) => (words.some((word) => word === given) || given.split(',').every(isRange) ? given : undefined),
    render: String,
    expects: `${words.join(', ')}, or IP addresses and ranges such as 10.0.0.0/8, separated by commas`,
    placeholder: 'ranges',
  };
}

function isRange(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 6 ? 128 : 32));
}

/** The beginning of URLs: scheme, host, and a path where there is one. */
export const publicUrl: OptionKind<string> = {
  parse(given) {
    if (given === 'none') return given;
    if (!/^https?:\/\/[^\s<>"?#]+$/.test(given) || !URL.canParse(given)) return undefined;
    return given.replace(/\/+$/, '');
  },
  render: String,
  expects: 'none, or a URL such as https://data.example.org',
  placeholder: 'url',
};

/** Where browsers may call from; `none` is no one. */
export const origin: OptionKind<string> = {
  parse(given) {
    if (given === 'none' || given === '*') return given;
    if (!URL.canParse(given)) return undefined;
    return /^https?:/.test(given) && new URL(given).origin === given ? given : undefined;
  },
  render: String,
  expects: 'none, * (any origin), or one origin such as https://map.example.org',
  placeholder: 'origin',
};

/** A store of the broker's own, by its name, or a MongoDB, by its connection string. */
export function storePlace<const Name extends string>(...names: readonly Name[]): OptionKind<Name | MongoUri> {
  return {
    parse: (given) => names.find((name) => name === given) ?? (isMongoUri(given) ? given : undefined),
    render: String,
    expects: `one of ${names.join(', ')}, or a connection string: mongodb://user:password@host,host/database?replicaSet=name`,
    placeholder: 'store',
  };
}

export type MongoUri = `mongodb://${string}` | `mongodb+srv://${string}`;

/** Tells a connection string from names of stores; whether it is a good one is seen when it is connected with. */
export function isMongoUri(text: string): text is MongoUri {
  return /^mongodb(?:\+srv)?:\/\/[^/?]+/.test(text);
}

/** A connection string as a log or a message may show it. */
export function withoutPassword(uri: string): string {
  return uri.replace(/\/\/[^@/]*@/, '//***@');
}
