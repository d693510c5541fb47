import { type TProperties, type TSchema, Type } from 'typebox';
import { scopeHeaders } from '../ngsiv2/documentation.ts';
import type { DocumentedAnswer } from '../route-documentation.ts';

/** What the routes of devices share, for the API document. */

export const provisioningTag = 'Device provisioning';
export const readingsTag = 'Device readings';

const errorBody = Type.Object(
  {
    name: Type.String({ description: 'Name of the error', examples: ['DEVICE_NOT_FOUND'] }),
    message: Type.String({ description: 'What was wrong', examples: ['No device was found with id: sensor1'] }),
  },
  { description: 'The body of every error about devices' },
);

const errorTexts = {
  400: 'The request, or the payload, is wrong in itself',
  404: 'There is no such service group, or no such device',
  409: 'There is one already',
  413: 'More than a limit allows',
  415: 'The Content-Type is not one that the resource takes',
  422: 'Some measures were refused; the others are stored',
  429: 'The device sends faster than it may; see Retry-After',
  503: 'The broker starts, is overloaded or cannot write; see Retry-After',
} as const;

/** The answers that are errors, with their body. */
export function iotErrors(...statuses: readonly (keyof typeof errorTexts)[]): Record<number, DocumentedAnswer> {
  return Object.fromEntries(statuses.map((status) => [status, { description: errorTexts[status], schema: errorBody }]));
}

export const provisioningHeaders = {
  'Fiware-Service': scopeHeaders['Fiware-Service'],
  'Fiware-ServicePath': Type.String({
    description: 'Service path of groups, devices and their entities; `/` without it. Lists take `/*`: every path',
    examples: ['/parking'],
  }),
};

export const deviceKeyParameters = {
  k: Type.String({
    description: 'API key of the device or of its service group',
    examples: ['4jggokgpepnvsb2uv4s40d59ov'],
  }),
  i: Type.String({ description: 'Id of the device', examples: ['sensor1'] }),
};

export const measureParameters = {
  ...deviceKeyParameters,
  t: Type.String({
    description: 'When the measures were taken, where they do not say it themselves',
    examples: ['2026-01-31T12:00:00Z'],
  }),
};

export const pollParameter = {
  getCmd: Type.Literal('1', { description: 'The answer has the commands that the device has not been told yet' }),
};

export const groupKeyParameters = {
  resource: Type.String({ description: 'Resource of the group', examples: ['/iot/json'] }),
  apikey: Type.String({ description: 'API key of the group', examples: ['4jggokgpepnvsb2uv4s40d59ov'] }),
};

const attributeList = (what: string): TSchema =>
  Type.Array(
    Type.Object(
      {
        object_id: Type.Optional(Type.String({ description: 'Its name in the device; `name` without it' })),
        name: Type.String({ description: 'Its name in the entity' }),
        type: Type.Optional(Type.String()),
        expression: Type.Optional(Type.String({ description: 'Computed from the measures, in JEXL' })),
        metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
      },
      { additionalProperties: true },
    ),
    { description: what },
  );

const definitions: TProperties = {
  entity_type: Type.Optional(Type.String({ description: 'Type of the entities' })),
  attributes: Type.Optional(attributeList('What devices measure')),
  static_attributes: Type.Optional(attributeList('What entities have beside that')),
  commands: Type.Optional(attributeList('What devices can be told to do')),
  lazy: Type.Optional(attributeList('What devices tell when they are asked')),
  timestamp: Type.Optional(Type.Boolean({ description: 'Readings without a time are given that of their arrival' })),
  explicitAttrs: Type.Optional(
    Type.Union([Type.Boolean(), Type.String()], {
      description: 'Whether only what is defined is stored, or what of it',
    }),
  ),
  transport: Type.Optional(Type.Union([Type.Literal('MQTT'), Type.Literal('HTTP')])),
  endpoint: Type.Optional(Type.String({ description: 'Where an HTTP device takes commands' })),
  ordering: Type.Optional(
    Type.Union([Type.Literal('lastObserved'), Type.Literal('lastReceived')], {
      description: 'Extension: which of two readings of an attribute stands',
      default: 'lastObserved',
    }),
  ),
};

export const groupSchema = Type.Object(
  {
    resource: Type.String({ default: '/iot/json' }),
    apikey: Type.String(),
    ...definitions,
    entityNameExp: Type.Optional(Type.String({ description: 'Name of the entities, in JEXL' })),
    autoprovision: Type.Optional(Type.Boolean({ default: true })),
  },
  {
    additionalProperties: true,
    examples: [
      {
        resource: '/iot/json',
        apikey: '4jggokgpepnvsb2uv4s40d59ov',
        entity_type: 'WeatherObserved',
        attributes: [{ object_id: 't', name: 'temperature', type: 'Number' }],
      },
    ],
  },
);

export const deviceSchema = Type.Object(
  {
    device_id: Type.String(),
    entity_name: Type.Optional(Type.String({ description: 'Id of the entity; type and device id without it' })),
    apikey: Type.Optional(Type.String({ description: 'A key of its own, in place of that of the group' })),
    ...definitions,
  },
  { additionalProperties: true },
);
