import { type Static, Type } from 'typebox';

/**
 * The mapping file: how the rows of a source become entities.
 *
 * This is the one definition; `schemas/mapping.schema.json` is generated from it and the types are read off it.
 * `docs/loading-data.md` explains it to those who write one.
 */

const closed = { additionalProperties: false } as const;

const Decimal = Type.Enum(['.', ','], { description: 'The sign before the decimals; that of the source if absent.' });

const ColumnTexts = Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })]);

const Condition = Type.Record(
  Type.String(),
  Type.Union([ColumnTexts, Type.Object({ not: ColumnTexts }, closed)], {
    description: 'The text of the column, several of which any will do, or {"not": …}.',
  }),
  { description: 'By column, what it must hold; all of them must.' },
);

const Source = Type.Object(
  {
    format: Type.Enum(['csv', 'geojson', 'gbfs', 'json']),
    file: Type.String({
      minLength: 1,
      description: 'A file name, looked for where --data says and beside the mapping; or a URL.',
    }),
    encoding: Type.Optional(
      Type.String({ description: 'As the WHATWG Encoding Standard names it: utf-8 (default), windows-1252 …' }),
    ),
    delimiter: Type.Optional(Type.String({ minLength: 1, description: 'csv: between two columns; , if absent.' })),
    quote: Type.Optional(Type.String({ minLength: 1, maxLength: 1, description: 'csv: around a text; " if absent.' })),
    columns: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description: 'csv: the names of the columns, for a file without a header line.',
      }),
    ),
    decimal: Type.Optional(Decimal),
    path: Type.Optional(
      Type.String({
        description:
          'Where the array of rows stands: data.stations for gbfs, features for geojson, the document itself for json.',
      }),
    ),
  },
  closed,
);

const Join = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      description: 'The columns of the other source are NAME.COLUMN.',
    }),
    source: Source,
    key: Type.String({ description: 'Template over the row.' }),
    sourceKey: Type.String({ description: 'Template over the rows of the other source; equal keys join.' }),
    required: Type.Optional(
      Type.Boolean({ description: 'A row without its partner is refused; otherwise it goes on without.' }),
    ),
  },
  closed,
);

const Unpivot = Type.Object(
  {
    range: Type.Tuple([Type.Integer(), Type.Integer()], { description: 'n runs from the first to the last.' }),
    number: Type.String({ description: 'The column that n becomes.' }),
    columns: Type.Record(Type.String(), Type.String(), {
      description: 'New column → template of the column it is read from, with {n}: {"VALUE": "H{n|pad2}"}.',
    }),
    value: Type.String({
      description: 'Which of the new columns holds the value; where it is empty there is no reading.',
    }),
    valid: Type.Optional(Condition),
  },
  closed,
);

const instant = {
  from: Type.Optional(ColumnTexts),
  template: Type.Optional(Type.String()),
  format: Type.Optional(
    Type.String({
      description:
        'iso (default), epochSeconds, epochMilliseconds, or a pattern of yyyy MM dd HH mm ss and other signs.',
    }),
  ),
  zone: Type.Optional(
    Type.String({ description: 'IANA time zone of times that state none: Europe/Madrid. UTC if absent.' }),
  ),
};

const ObservedAt = Type.Object(
  {
    ...instant,
    plusHours: Type.Optional(
      Type.String({ description: 'Template: hours of wall clock to add, 24 being the next midnight.' }),
    ),
  },
  closed,
);

const value = {
  ...instant,
  value: Type.Optional(Type.Unsafe<unknown>({ description: 'The same for every entity, as it stands.' })),
  as: Type.Optional(
    Type.Enum(['number', 'text', 'boolean', 'instant', 'json'], {
      description: 'How the column is read; by the attribute type if absent.',
    }),
  ),
  missing: Type.Optional(
    Type.Array(Type.String(), { description: 'Texts by which the publisher says that there is no value: -1, N/D.' }),
  ),
  capture: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })], {
      description:
        'Regular expressions, tried in turn; the first group is the text. For a number, all groups are added up.',
    }),
  ),
  optional: Type.Optional(
    Type.Literal(true, { description: 'A text that no capture matches is no trouble, just no value.' }),
  ),
  map: Type.Optional(
    Type.Record(Type.String(), Type.Unsafe<unknown>({}), { description: 'Text of the column → value.' }),
  ),
  decimal: Type.Optional(Decimal),
  scale: Type.Optional(Type.Number({ description: 'The number is multiplied by it.' })),
  offset: Type.Optional(Type.Number({ description: 'Added after scale.' })),
  minimum: Type.Optional(Type.Number({ description: 'Smaller numbers, as they are to be stored, are left out.' })),
  maximum: Type.Optional(Type.Number({ description: 'Greater numbers, as they are to be stored, are left out.' })),
  wrap: Type.Optional(
    Type.Tuple([Type.Number(), Type.Number()], { description: 'A circle: 350 wrapped into [-180, 180] is -10.' }),
  ),
};

const Value = Type.Object(value, closed);
const Case = Type.Object({ ...value, when: Type.Optional(Condition) }, closed);

const Position = Type.Object(
  {
    longitude: Type.Optional(Type.String({ description: 'Column of degrees, east positive.' })),
    latitude: Type.Optional(Type.String({ description: 'Column of degrees, north positive.' })),
    notation: Type.Optional(Type.Enum(['degrees', 'dms'], { description: `dms: 3°42'43.91" W, O being west.` })),
    east: Type.Optional(Type.String({ description: 'Column of metres, with crs.' })),
    north: Type.Optional(Type.String({ description: 'Column of metres, with crs.' })),
    crs: Type.Optional(Type.String({ description: 'EPSG:25829 to 25837, EPSG:32601 to 32760 or a proj4 definition.' })),
    decimal: Type.Optional(Decimal),
    missing: Type.Optional(Type.Array(Type.String())),
    bounds: Type.Optional(
      Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()], {
        description: 'West, south, east, north in degrees; positions outside are wrong.',
      }),
    ),
  },
  closed,
);

const Attribute = Type.Object(
  {
    ...value,
    type: Type.String({
      minLength: 1,
      description: 'The NGSI attribute type: Number, Text, DateTime, Boolean, geo:json …',
    }),
    when: Type.Optional(Condition),
    cases: Type.Optional(
      Type.Array(Case, { minItems: 1, description: 'The first whose condition holds is the value.' }),
    ),
    object: Type.Optional(
      Type.Record(Type.String(), Value, { description: 'An object; members without a value are absent.' }),
    ),
    list: Type.Optional(Type.Array(Value, { minItems: 1, description: 'An array; items without a value are absent.' })),
    position: Type.Optional(
      Type.Union([Position, Type.Array(Position, { minItems: 1 })], {
        description: 'A point; of several, the first that can be read.',
      }),
    ),
    geometry: Type.Optional(Type.Literal(true, { description: 'The geometry of the GeoJSON feature.' })),
    unit: Type.Optional(
      Type.String({
        pattern: '^[A-Z0-9]{1,3}$',
        description: 'UN/CEFACT common code, kept as metadata unitCode: GQ, CEL, KMH.',
      }),
    ),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
    observed: Type.Optional(
      Type.Literal(true, { description: 'Keep the instant of observedAt as metadata observedAt.' }),
    ),
    required: Type.Optional(Type.Boolean({ description: 'A row without it is refused.' })),
  },
  closed,
);

export const mappingSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    title: Type.String({ minLength: 1 }),
    attribution: Type.Optional(
      Type.String({ description: 'Who published the data and under which conditions; printed after a load.' }),
    ),
    source: Source,
    joins: Type.Optional(Type.Array(Join)),
    unpivot: Type.Optional(Unpivot),
    where: Type.Optional(Condition),
    observedAt: Type.Optional(ObservedAt),
    merge: Type.Optional(
      Type.Literal('latest', {
        description:
          'Rows of one id make one entity: each attribute from its latest row by observedAt. Held in memory until the source ends.',
      }),
    ),
    entity: Type.Object(
      { id: Type.String({ minLength: 1, description: 'Template.' }), type: Type.String({ minLength: 1 }) },
      closed,
    ),
    attributes: Type.Record(Type.String({ pattern: '^[!-~]{1,256}$' }), Attribute, {
      minProperties: 1,
      additionalProperties: false,
    }),
  },
  {
    ...closed,
    title: 'Oriel mapping',
    description: 'How the rows of open data become NGSIv2 entities, for the command oriel load.',
  },
);

export type Mapping = Static<typeof mappingSchema>;
export type SourceRule = Static<typeof Source>;
export type JoinRule = Static<typeof Join>;
export type UnpivotRule = Static<typeof Unpivot>;
export type ConditionRule = Static<typeof Condition>;
export type ObservedAtRule = Static<typeof ObservedAt>;
export type ValueRule = Static<typeof Value>;
export type PositionRule = Static<typeof Position>;
export type AttributeRule = Static<typeof Attribute>;
