import { Type } from 'typebox';

/** Parameters, headers and bodies that several NGSIv2 routes share, for the API document. */

const list = (what: string): string => `Comma-separated list of ${what}`;

export const scopeHeaders = {
  'Fiware-Service': Type.String({
    description: 'Tenant: letters, digits and `_`, at most 50; folded to lower case. Without it, the default tenant',
    examples: ['madrid'],
  }),
  'Fiware-ServicePath': Type.String({
    description:
      'Path: absolute, at most 10 levels. Queries take up to 10, comma-separated, and `/#` for a path and all below it. Without it, `/` for what writes and `/#` for what reads',
    examples: ['/parking'],
  }),
  'Fiware-Correlator': Type.String({ description: 'Names the request in logs; echoed, made up where there is none' }),
};

/** Of what is read by its id. */
export const freshnessHeader = {
  'Cache-Control': Type.String({
    description:
      '`no-cache`: the answer has everything that any broker has acknowledged. Without it, what another broker on the same MongoDB has changed may be missing for a moment (`ORIEL_READ_STALENESS_MS`)',
    examples: ['no-cache'],
  }),
};

export const entityId = { entityId: Type.String({ description: 'Entity id', examples: ['Room1'] }) };
export const attributeName = { attrName: Type.String({ description: 'Attribute name', examples: ['temperature'] }) };

export const entityType = {
  type: Type.String({ description: 'Entity type, where several entities may have the id', examples: ['Room'] }),
};

export const projectionParameters = {
  attrs: Type.String({
    description: `${list('attributes to show')}; \`*\` is all of them, built-in ones (dateCreated, dateModified, dateExpires, servicePath) only show when named`,
    examples: ['temperature,dateModified'],
  }),
  metadata: Type.String({
    description: `${list('metadata to show')}; \`*\` is all of it, built-in ones (dateCreated, dateModified) only show when named`,
    examples: ['accuracy'],
  }),
};

export const pageParameters = {
  limit: Type.Integer({
    minimum: 0,
    maximum: 1000,
    default: 20,
    description: 'Most results; 0 asks for the count alone',
  }),
  offset: Type.Integer({ minimum: 0, default: 0, description: 'Results to skip' }),
};

export const selectionParameters = {
  id: Type.String({ description: `${list('ids')}; excludes idPattern`, examples: ['Room1,Room2'] }),
  type: Type.String({ description: `${list('types')}; excludes typePattern`, examples: ['Room'] }),
  idPattern: Type.String({ description: 'Regular expression on the id', examples: ['^Room'] }),
  typePattern: Type.String({ description: 'Regular expression on the type' }),
  q: Type.String({
    description:
      'Filter on attributes: statements joined by `;` (and), with `==`, `!=`, `<`, `<=`, `>`, `>=`, `~=`, lists, ranges `a..b`, existence `a` and `!a`. Extension: `|` (or) and brackets',
    examples: ['temperature>21;status==open'],
  }),
  mq: Type.String({
    description: 'As q, on metadata: `attribute.metadata==value`',
    examples: ['temperature.accuracy<1'],
  }),
  georel: Type.String({
    description:
      'near;maxDistance:m, near;minDistance:m, coveredBy, intersects, equals or disjoint; with geometry and coords',
    examples: ['near;maxDistance:1000'],
  }),
  geometry: Type.String({ description: 'point, line, polygon or box', examples: ['point'] }),
  coords: Type.String({ description: 'latitude,longitude pairs, joined by `;`', examples: ['40.418,-3.703'] }),
};

export function optionsParameter(words: string, example: string) {
  return { options: Type.String({ description: `${list('options')}: ${words}`, examples: [example] }) };
}

const attribute = Type.Object(
  {
    type: Type.Optional(Type.String()),
    value: Type.Unknown(),
    metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
  },
  { examples: [{ type: 'Number', value: 21.7, metadata: {} }] },
);

export const attributeSchema = attribute;

export const attributesSchema = Type.Object(
  {},
  {
    additionalProperties: true,
    description: 'Attributes by name',
    examples: [{ temperature: { type: 'Number', value: 21.7, metadata: {} } }],
  },
);

export const entitySchema = Type.Object(
  { id: Type.String(), type: Type.Optional(Type.String()) },
  {
    additionalProperties: true,
    description: 'An entity: id, type, and its attributes by name',
    examples: [{ id: 'Room1', type: 'Room', temperature: { type: 'Number', value: 21.7, metadata: {} } }],
  },
);

export const valueSchema = Type.Unknown({ description: 'The bare value', examples: [{ city: 'Madrid' }] });

export const typeSchema = Type.Object(
  {
    type: Type.Optional(Type.String()),
    attrs: Type.Object({}, { additionalProperties: true }),
    count: Type.Integer(),
  },
  { examples: [{ type: 'Room', attrs: { temperature: { types: ['Number'] } }, count: 7 }] },
);

export const jsonTypes = ['application/json'];

export const afterParameter = Type.String({
  description:
    'Extension. Where the page begins: from the `Link` header of the page before; excludes offset and orderBy',
});

export const totalCountHeader = { 'Fiware-Total-Count': 'Number of all matches, with `options=count`' };

/** Of answers that providers have a part in. */
export const missingHeader = { Warning: 'The providers whose part is not in the answer, and why' };

export const pageHeaders = {
  ...missingHeader,
  ...totalCountHeader,
  Link: 'Extension. The next page, with `options=cursor`, in the order of creation',
};
