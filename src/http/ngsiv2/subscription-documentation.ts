import { Type } from 'typebox';

/** Parameters and bodies of the routes of subscriptions, for the API document. */

export const subscriptionId = {
  subscriptionId: Type.String({ description: 'Subscription id', examples: ['5aeb0ee97d4ef10a12a0262f'] }),
};

const entity = Type.Object({
  id: Type.Optional(Type.String()),
  idPattern: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  typePattern: Type.Optional(Type.String()),
});

const condition = Type.Object({
  attrs: Type.Optional(Type.Array(Type.String(), { description: 'Attributes whose change counts; all without it' })),
  expression: Type.Optional(
    Type.Object(
      {
        q: Type.Optional(Type.String()),
        mq: Type.Optional(Type.String()),
        georel: Type.Optional(Type.String()),
        geometry: Type.Optional(Type.String()),
        coords: Type.Optional(Type.String()),
      },
      { description: 'Must hold for the entity after the change' },
    ),
  ),
  jexlExpression: Type.Optional(Type.String({ description: 'Must be true as well' })),
  alterationTypes: Type.Optional(
    Type.Array(Type.String({ enum: ['entityCreate', 'entityChange', 'entityUpdate', 'entityDelete'] }), {
      default: ['entityCreate', 'entityChange'],
    }),
  ),
  notifyOnMetadataChange: Type.Optional(Type.Boolean({ default: true })),
});

const endpoint = {
  url: Type.Optional(Type.String({ description: 'Where to send notifications' })),
  endpoint: Type.Optional(
    Type.String({ description: 'Extension. In the place of url: the name of an endpoint that the operator keeps' }),
  ),
};

const customBody = {
  payload: Type.Optional(
    Type.Union([Type.String(), Type.Null()], { description: 'A text with macros; null: no body' }),
  ),
  json: Type.Optional(Type.Unknown({ description: 'An object or array with macros in its strings' })),
  ngsi: Type.Optional(Type.Object({}, { additionalProperties: true, description: 'A patch of the entity' })),
};

const http = { ...endpoint, timeout: Type.Optional(Type.Integer({ description: 'Milliseconds', maximum: 1_800_000 })) };

const mqtt = {
  ...endpoint,
  topic: Type.String(),
  qos: Type.Optional(Type.Integer({ minimum: 0, maximum: 2, default: 0 })),
  retain: Type.Optional(Type.Boolean({ default: false })),
  user: Type.Optional(Type.String()),
  passwd: Type.Optional(Type.String({ description: 'Never shown' })),
};

const texts = Type.Object({}, { additionalProperties: Type.String() });

const notification = Type.Object(
  {
    http: Type.Optional(Type.Object(http)),
    httpCustom: Type.Optional(
      Type.Object({
        ...http,
        method: Type.Optional(Type.String({ default: 'POST' })),
        headers: Type.Optional(texts),
        qs: Type.Optional(texts),
        ...customBody,
      }),
    ),
    mqtt: Type.Optional(Type.Object(mqtt)),
    mqttCustom: Type.Optional(Type.Object({ ...mqtt, ...customBody })),
    stream: Type.Optional(
      Type.Object(
        {},
        { description: 'Extension. Notifications are not sent, but read at `…/{subscriptionId}/stream`' },
      ),
    ),
    attrs: Type.Optional(Type.Array(Type.String())),
    exceptAttrs: Type.Optional(Type.Array(Type.String())),
    onlyChangedAttrs: Type.Optional(Type.Boolean({ default: false })),
    covered: Type.Optional(Type.Boolean({ default: false })),
    metadata: Type.Optional(Type.Array(Type.String())),
    attrsFormat: Type.Optional(
      Type.String({
        enum: ['normalized', 'keyValues', 'values', 'simplifiedNormalized', 'simplifiedKeyValues'],
        default: 'normalized',
      }),
    ),
    maxFailsLimit: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { description: 'What to tell, and exactly one of http, httpCustom, mqtt, mqttCustom and stream' },
);

/** Of what was there before it. */
const synchronization = Type.Object(
  {
    state: Type.String({ enum: ['running', 'done'] }),
    told: Type.Integer(),
    startedAt: Type.String(),
    finishedAt: Type.Optional(Type.String()),
  },
  { description: 'Extension. How far it is with what was there before it, once `options=synchronize` was asked' },
);

const members = {
  description: Type.Optional(Type.String({ maxLength: 1024 })),
  expires: Type.Optional(Type.String({ description: 'When it ends; an empty text: never' })),
  status: Type.Optional(Type.String({ enum: ['active', 'inactive', 'oneshot'], default: 'active' })),
  throttling: Type.Optional(Type.Integer({ description: 'Seconds that lie between two notifications at least' })),
  throttlingMode: Type.Optional(
    Type.String({
      enum: ['drop', 'trailing'],
      default: 'drop',
      description: 'Extension. `trailing`: what came too early is not forgotten, its last state is sent when it may be',
    }),
  ),
};

const subject = Type.Object({ entities: Type.Array(entity), condition: Type.Optional(condition) });

const example = {
  description: 'Tell me when it gets warm',
  subject: {
    entities: [{ idPattern: '.*', type: 'Room' }],
    condition: { attrs: ['temperature'], expression: { q: 'temperature>25' } },
  },
  notification: { http: { url: 'http://localhost:1028/warm' }, attrs: ['temperature'] },
};

/** What a client sends. */
export const subscriptionSchema = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Extension. The id that the subscription is to have' })),
    ...members,
    subject,
    notification,
  },
  { examples: [example] },
);

/** What a client sends to change a part. */
export const subscriptionPatchSchema = Type.Object(
  { ...members, subject: Type.Optional(subject), notification: Type.Optional(notification) },
  { examples: [{ status: 'inactive' }] },
);

/** What a client is shown. */
export const shownSubscriptionSchema = Type.Object(
  {
    id: Type.String(),
    status: Type.String(),
    subject,
    notification,
    synchronization: Type.Optional(synchronization),
  },
  {
    additionalProperties: true,
    description: 'With what became of it: timesSent, failsCounter, lastNotification, lastSuccess, lastFailure …',
    examples: [
      {
        id: '5aeb0ee97d4ef10a12a0262f',
        description: 'Tell me when it gets warm',
        status: 'active',
        subject: {
          entities: [{ idPattern: '.*', type: 'Room' }],
          condition: { attrs: ['temperature'], expression: { q: 'temperature>25' }, notifyOnMetadataChange: true },
        },
        notification: {
          timesSent: 12,
          lastNotification: '2026-01-31T12:00:00.000Z',
          attrs: ['temperature'],
          onlyChangedAttrs: false,
          attrsFormat: 'normalized',
          http: { url: 'http://localhost:1028/warm' },
          lastSuccess: '2026-01-31T12:00:00.012Z',
          lastSuccessCode: 204,
          covered: false,
        },
      },
    ],
  },
);

/** Which subscriptions to list. */
export const listingParameters = {
  status: Type.String({
    description: 'Extension. List of statuses: active, inactive, oneshot, expired',
    examples: ['active,oneshot'],
  }),
  id: Type.String({ description: 'Extension. List of entity ids that the subject names' }),
  type: Type.String({ description: 'Extension. List of entity types that the subject names', examples: ['Room'] }),
  url: Type.String({
    description: "Extension. How the receiver's address begins",
    examples: ['http://localhost:1028'],
  }),
};
