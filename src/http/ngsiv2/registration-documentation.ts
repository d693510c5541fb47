import { Type } from 'typebox';

/** Parameters and bodies of the routes of registrations, for the API document. */

export const registrationId = {
  registrationId: Type.String({ description: 'Registration id', examples: ['62aa3d3ac734067e6f0d0871'] }),
};

const text = Type.Optional(Type.String());

const members = {
  description: Type.Optional(Type.String({ maxLength: 1024 })),
  expires: Type.Optional(Type.String({ description: 'When it ends; an empty text: never' })),
  status: Type.Optional(Type.String({ enum: ['active', 'inactive'], default: 'active' })),
};

const dataProvided = Type.Object(
  {
    entities: Type.Optional(Type.Array(Type.Object({ id: text, idPattern: text, type: text, typePattern: text }))),
    attrs: Type.Optional(Type.Array(Type.String(), { description: 'All attributes without it' })),
    expression: Type.Optional(
      Type.Object(
        { georel: Type.String(), geometry: Type.String(), coords: Type.String() },
        { description: 'Where the entities are' },
      ),
    ),
  },
  { description: 'What the provider has' },
);

const provider = Type.Object(
  {
    http: Type.Object({
      url: Type.Optional(Type.String({ description: 'Requests go to `{url}/op/query` and `{url}/op/update`' })),
      endpoint: Type.Optional(
        Type.String({ description: 'Extension. In the place of url: the name of an endpoint that the operator keeps' }),
      ),
      timeout: Type.Optional(Type.Integer({ description: 'Extension. Milliseconds', maximum: 1_800_000 })),
    }),
    supportedForwardingMode: Type.Optional(
      Type.String({ enum: ['none', 'query', 'update', 'all'], default: 'all', description: 'What it takes' }),
    ),
  },
  { description: 'Where it is' },
);

const example = {
  description: 'Relative humidity of room2',
  dataProvided: { entities: [{ id: 'room2', type: 'Room' }], attrs: ['relativeHumidity'] },
  provider: { http: { url: 'http://localhost:1234/v2' } },
};

/** What a client sends. */
export const registrationSchema = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Extension. The id to have; made by the broker without it' })),
    ...members,
    dataProvided,
    provider,
  },
  { examples: [example] },
);

export const registrationPatchSchema = Type.Object(
  { ...members, dataProvided: Type.Optional(dataProvided), provider: Type.Optional(provider) },
  { examples: [{ expires: '2030-01-01T00:00:00Z' }] },
);

/** What GET shows. */
export const shownRegistrationSchema = Type.Object(
  {
    id: Type.String(),
    description: text,
    expires: text,
    dataProvided,
    provider,
    status: Type.String({ enum: ['active', 'inactive', 'expired', 'failed'] }),
    forwardingInformation: Type.Optional(
      Type.Object(
        {
          timesSent: Type.Integer(),
          lastForwarding: text,
          lastSuccess: text,
          lastFailure: text,
          lastFailureReason: Type.Optional(Type.String({ description: 'Extension' })),
        },
        { description: 'Once something was forwarded' },
      ),
    ),
  },
  { examples: [{ id: '62aa3d3ac734067e6f0d0871', ...example, status: 'active' }] },
);

export const listingParameters = {
  status: Type.String({
    description: 'Extension. Comma-separated list of statuses as they are shown',
    examples: ['failed'],
  }),
  id: Type.String({ description: 'Extension. Comma-separated list of entity ids that are named' }),
  type: Type.String({ description: 'Extension. Comma-separated list of entity types that are named' }),
  attrs: Type.String({ description: 'Extension. Comma-separated list of attributes, one of which is named' }),
  url: Type.String({ description: "Extension. How the provider's address begins" }),
};
