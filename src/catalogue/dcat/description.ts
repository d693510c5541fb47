import { DataFactory, type Literal, type NamedNode, type Quad } from 'n3';
import { renderInstant } from '../../core/time/instant.ts';
import { type LocalizedText, languagesOf } from '../dataset/localized-text.ts';
import { type Prefix, term } from './vocabulary.ts';

const { literal, namedNode, quad } = DataFactory;

type Name = `${Prefix}:${string}`;

/**
 * Statements in the order in which they are made, each once; so that equal descriptions give equal bytes. Every thing has a
 * URI of its own: nodes without a name would be named anew by each who reads them.
 */
export class Description {
  readonly #quads: Quad[] = [];
  readonly #seen = new Set<string>();

  get quads(): readonly Quad[] {
    return this.#quads;
  }

  /** Begins, or goes on with, what is said of a thing. */
  thing(uri: string, ...types: readonly Name[]): Thing {
    const subject = namedNode(uri);
    for (const type of types) this.#add(subject, 'rdf:type', term(type));
    return new Thing(uri, (property, object) => this.#add(subject, property, object));
  }

  #add(subject: NamedNode, property: Name, object: NamedNode | Literal): void {
    const statement = quad(subject, term(property), object);
    const key = `${subject.value} ${property} ${object.id}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#quads.push(statement);
  }
}

/** What is said of one thing; every call says one more. Undefined says nothing. */
export class Thing {
  readonly uri: string;
  readonly #add: (property: Name, object: NamedNode | Literal) => void;

  constructor(uri: string, add: (property: Name, object: NamedNode | Literal) => void) {
    this.uri = uri;
    this.#add = add;
  }

  link(property: Name, target: string | Thing | undefined): this {
    if (target !== undefined) this.#add(property, namedNode(typeof target === 'string' ? target : target.uri));
    return this;
  }

  text(property: Name, text: string | undefined, language?: string): this {
    if (text !== undefined)
      this.#add(property, language === undefined || language === '' ? literal(text) : literal(text, language));
    return this;
  }

  /** In every language that it has. */
  texts(property: Name, text: LocalizedText | undefined): this {
    if (text !== undefined) for (const language of languagesOf(text)) this.text(property, text[language], language);
    return this;
  }

  typed(property: Name, text: string | undefined, type: Name): this {
    if (text !== undefined) this.#add(property, literal(text, term(type)));
    return this;
  }

  instant(property: Name, instant: number | undefined): this {
    return this.typed(property, instant === undefined ? undefined : renderInstant(instant), 'xsd:dateTime');
  }
}
