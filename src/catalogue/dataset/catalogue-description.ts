import type { StoredDocument } from '../../ports/document-store.ts';
import type { Contact, Publisher } from './dataset.ts';
import type { CatalogueTerms } from './dataset-terms.ts';
import type { LocalizedText } from './localized-text.ts';
import { defaultLanguageOf, localizedIn, publisherOf } from './stored-dataset.ts';
import { type Licence, licenceNamed } from './vocabularies.ts';

/** What the publisher of all the datasets says of them together. */
export interface CatalogueDescription {
  readonly title: LocalizedText;
  readonly description: LocalizedText;
  readonly publisher: Publisher;
  readonly contact?: Contact;
  readonly homepage?: string;
  readonly licence?: Licence;
  readonly languages: readonly string[];
  readonly terms?: CatalogueTerms;
  readonly issuedAt: number;
  readonly modifiedAt: number;
}

/** What stands there until somebody describes the catalogue; times are those of the datasets. */
export const plainDescription: CatalogueDescription = {
  title: { en: 'Open data', es: 'Datos abiertos', ca: 'Dades obertes', de: 'Offene Daten', fr: 'Données ouvertes' },
  description: {
    en: 'Data sets of this city, live and dated.',
    es: 'Conjuntos de datos de esta ciudad, en vivo y con fecha.',
    ca: 'Conjunts de dades d’aquesta ciutat, en viu i amb data.',
    de: 'Datensätze dieser Stadt, aktuell und nach Stand.',
    fr: 'Jeux de données de cette ville, en direct et datés.',
  },
  publisher: { id: 'oriel', name: { en: 'The city' } },
  languages: ['en', 'es', 'ca', 'de', 'fr'],
  issuedAt: 0,
  modifiedAt: 0,
};

/** The description that a stored document means. */
export function readCatalogue({ document }: StoredDocument): CatalogueDescription {
  const { terms, issuedAt, modifiedAt } = document as unknown as {
    readonly terms: CatalogueTerms;
    readonly issuedAt: number;
    readonly modifiedAt: number;
  };
  const language = terms.languages?.[0] ?? defaultLanguageOf(terms);
  const title = localizedIn(terms.title, language);
  return {
    title,
    description: localizedIn(terms.description, language),
    publisher: publisherOf(terms.publisher, language),
    ...(terms.contact !== undefined && {
      contact: { ...terms.contact, name: localizedIn(terms.contact.name, language) },
    }),
    ...(terms.homepage !== undefined && { homepage: terms.homepage }),
    ...(terms.licence !== undefined && { licence: licenceNamed(terms.licence) }),
    languages: terms.languages ?? Object.keys(title),
    terms,
    issuedAt,
    modifiedAt,
  };
}
