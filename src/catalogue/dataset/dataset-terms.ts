import { type Static, Type } from 'typebox';
import { frequencies, highValueCategories, themes } from './vocabularies.ts';

/** Codes of the formats a dataset can be had in; `formats/formats.ts` says what each is. */
export const formatCodes = ['csv', 'geojson', 'ndjson', 'jsonld', 'xlsx', 'gpkg', 'parquet'] as const;

export type FormatCode = (typeof formatCodes)[number];

/** What a column holds; `geometry` is a place, `json` anything else that is no scalar. */
export const columnKinds = ['text', 'number', 'boolean', 'instant', 'geometry', 'json'] as const;

export type ColumnKind = (typeof columnKinds)[number];

const closed = { additionalProperties: false };

function oneOf<const Words extends readonly string[]>(words: Words, description: string) {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: words, description });
}

const languagePattern = '^[a-z]{2}$';

function localized(description: string, maxLength: number) {
  const text = Type.String({ minLength: 1, maxLength });
  return Type.Union(
    [text, Type.Record(Type.String({ pattern: languagePattern }), text, { minProperties: 1, ...closed })],
    {
      description: `${description}: a text, or an object of texts by language, such as {"en": "…", "es": "…"}`,
    },
  );
}

const uri = (description: string) =>
  Type.String({
    pattern: '^https?://[^\\s<>"{}|\\\\^`]+$',
    maxLength: 2048,
    description: `${description}: an http or https URL`,
  });

const iri = (description: string) =>
  Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>"{}|\\\\^`]+$',
    maxLength: 2048,
    description: `${description}: an absolute URI`,
  });

const date = (description: string) =>
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: `${description}: a date such as 2026-01-31` });

export const publisherSchema = Type.Object(
  {
    name: localized('Name of the publisher', 300),
    uri: Type.Optional(iri('What identifies the publisher')),
    homepage: Type.Optional(uri('Page of the publisher')),
    type: Type.Optional(
      oneOf(
        [
          'NationalAuthority',
          'RegionalAuthority',
          'LocalAuthority',
          'Supra-NationalAuthority',
          'Academia-ScientificOrganisation',
          'Company',
          'IndustryConsortium',
          'NonGovernmentalOrganisation',
          'NonProfitOrganisation',
          'PrivateIndividual(s)',
          'StandardisationBody',
        ],
        'Kind of publisher, by the ADMS vocabulary',
      ),
    ),
  },
  { ...closed, description: 'Who publishes it: an object with a name' },
);

export const contactSchema = Type.Object(
  {
    name: localized('Name of the contact', 300),
    email: Type.Optional(
      Type.String({ pattern: '^[^@\\s<>"]+@[^@\\s<>"]+$', maxLength: 320, description: 'An e-mail address' }),
    ),
    url: Type.Optional(uri('A page to reach the contact by')),
  },
  { ...closed, description: 'Whom to ask: an object with a name, and an email or url' },
);

const columnSchema = Type.Object(
  {
    attribute: Type.String({ minLength: 1, maxLength: 256, description: 'Name of the attribute' }),
    path: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
        minItems: 1,
        maxItems: 8,
        description: 'Way into the value, outermost member first',
      }),
    ),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: 'Name of the column; the attribute and its path where there is none',
      }),
    ),
    kind: Type.Optional(oneOf(columnKinds, 'What the column holds; found out from the data where it is not said')),
    title: Type.Optional(localized('Title of the column', 300)),
    description: Type.Optional(localized('Meaning of the column', 2000)),
    unit: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Unit of the values' })),
  },
  closed,
);

export const viewSchema = Type.Object(
  {
    types: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      minItems: 1,
      maxItems: 50,
      description: 'Entity types, at least one',
    }),
    q: Type.Optional(
      Type.String({ minLength: 1, maxLength: 16_384, description: 'Filter in the simple query language of NGSIv2' }),
    ),
    area: Type.Optional(
      Type.Unsafe<{ readonly type: string }>({
        type: 'object',
        description: 'GeoJSON Polygon or MultiPolygon that the entities lie in',
      }),
    ),
    servicePaths: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 600 }), {
        minItems: 1,
        maxItems: 10,
        description: 'Service paths, as in Fiware-ServicePath',
      }),
    ),
    attributes: Type.Array(Type.Union([Type.String({ minLength: 1, maxLength: 256 }), columnSchema]), {
      minItems: 1,
      maxItems: 500,
      description:
        'What is published, by attribute name or as an object with attribute, path, name, kind, title, description, unit; "*" stands for all that there are now',
    }),
    except: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
        maxItems: 500,
        description: 'Attributes that "*" leaves out',
      }),
    ),
    metadata: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
        maxItems: 100,
        description: 'Metadata that the live NGSI resource shows',
      }),
    ),
    geometry: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: 'The published attribute that places the rows on a map',
      }),
    ),
  },
  { ...closed, description: 'Which entities and attributes are published' },
);

const policySchema = Type.Union(
  [
    iri('ODRL policy'),
    Type.Object(
      {
        uid: Type.Optional(iri('What identifies the policy')),
        type: Type.Optional(oneOf(['Set', 'Offer', 'Agreement'], 'Kind of policy')),
        permission: Type.Optional(Type.Array(iri('An action permitted'), { maxItems: 50 })),
        prohibition: Type.Optional(Type.Array(iri('An action prohibited'), { maxItems: 50 })),
        obligation: Type.Optional(Type.Array(iri('An action owed'), { maxItems: 50 })),
      },
      closed,
    ),
  ],
  {
    description:
      'ODRL policy: its URI, or an object with uid, type, and the URIs of actions as permission, prohibition and obligation',
  },
);

export const snapshotsSchema = Type.Object(
  {
    every: oneOf(['hour', 'day', 'week', 'month'], 'How often a dated snapshot is taken; at its beginning, in UTC'),
    keep: Type.Integer({ minimum: 1, maximum: 10_000, description: 'How many are kept' }),
    formats: Type.Optional(
      Type.Array(oneOf(formatCodes, 'Format of the snapshots'), { minItems: 1, maxItems: formatCodes.length }),
    ),
  },
  { ...closed, description: 'Dated copies on a schedule: an object with every and keep' },
);

/** What a person says of a dataset: the body of the admin API, and what `oriel publish` reads. */
export const datasetTermsSchema = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z0-9][a-z0-9_-]{1,99}$',
      description: 'Name of the dataset in URLs: 2 to 100 of a-z, 0-9, - and _',
    }),
    published: Type.Optional(Type.Boolean({ description: 'Whether the public sees it; false where it is not said' })),
    title: localized('Title', 300),
    description: localized('Description', 20_000),
    publisher: publisherSchema,
    contact: Type.Optional(contactSchema),
    licence: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2048, description: 'Licence: an id such as cc-by-4.0, or its URL' }),
    ),
    attribution: Type.Optional(localized('How the source is to be named', 1000)),
    themes: Type.Optional(
      Type.Array(oneOf(Object.keys(themes), 'Theme, by the European data theme table'), { maxItems: 14 }),
    ),
    keywords: Type.Optional(
      Type.Union(
        [
          Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100 }),
          Type.Record(
            Type.String({ pattern: languagePattern }),
            Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100 }),
            closed,
          ),
        ],
        { description: 'Keywords: a list of texts, or an object of such lists by language' },
      ),
    ),
    frequency: Type.Optional(
      oneOf(Object.keys(frequencies), 'How often the data changes, by the European frequency table'),
    ),
    highValueCategory: Type.Optional(oneOf(Object.keys(highValueCategories), 'Category of high-value datasets')),
    applicableLegislation: Type.Optional(Type.Array(iri('Law that the dataset is published under'), { maxItems: 20 })),
    uri: Type.Optional(iri('What identifies the dataset for good; its page where it is not said')),
    spatial: Type.Optional(
      Type.Object(
        {
          uri: Type.Optional(iri('The place in a gazetteer')),
          bbox: Type.Optional(
            Type.Array(Type.Number(), { minItems: 4, maxItems: 4, description: 'west, south, east, north in degrees' }),
          ),
        },
        { ...closed, description: 'The place that the data is about: an object with uri or bbox' },
      ),
    ),
    temporal: Type.Optional(
      Type.Object(
        { start: Type.Optional(date('First day')), end: Type.Optional(date('Last day')) },
        { ...closed, description: 'The time that the data is about: an object with start or end' },
      ),
    ),
    conformsTo: Type.Optional(Type.Array(iri('Standard or data model'), { maxItems: 20 })),
    documentation: Type.Optional(uri('Page that explains the data')),
    provenance: Type.Optional(localized('Where the data comes from', 5000)),
    policy: Type.Optional(policySchema),
    view: viewSchema,
    formats: Type.Optional(
      Type.Array(oneOf(formatCodes, 'Format'), {
        minItems: 1,
        maxItems: formatCodes.length,
        description: `Formats, of ${formatCodes.join(', ')}`,
      }),
    ),
    snapshots: Type.Optional(snapshotsSchema),
    requestsPerMinute: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Requests one client may make for it a minute' }),
    ),
    personalData: Type.Optional(
      Type.Object(
        {
          reason: Type.String({
            minLength: 10,
            maxLength: 2000,
            description: 'Why personal data may be published: at least 10 characters',
          }),
        },
        {
          ...closed,
          description: 'Publishes attributes although the data model marks them personal: an object with the reason',
        },
      ),
    ),
  },
  { ...closed, description: 'A dataset' },
);

export type DatasetTerms = Static<typeof datasetTermsSchema>;

/** What a person says of the catalogue as a whole. */
export const catalogueTermsSchema = Type.Object(
  {
    title: localized('Title of the catalogue', 300),
    description: localized('What it holds', 20_000),
    publisher: publisherSchema,
    contact: Type.Optional(contactSchema),
    homepage: Type.Optional(uri('Page of the catalogue')),
    licence: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2048,
        description: 'Licence of the descriptions: an id such as cc0-1.0, or its URL',
      }),
    ),
    languages: Type.Optional(
      Type.Array(Type.String({ pattern: languagePattern }), {
        minItems: 1,
        maxItems: 20,
        description: 'Languages, the first one first',
      }),
    ),
  },
  { ...closed, description: 'The catalogue' },
);

export type CatalogueTerms = Static<typeof catalogueTermsSchema>;

export type PublisherTerms = Static<typeof publisherSchema>;
export type ContactTerms = Static<typeof contactSchema>;
export type SnapshotTerms = Static<typeof snapshotsSchema>;
export type ColumnTerms = Static<typeof columnSchema>;
