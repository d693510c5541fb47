import { Type } from 'typebox';
import { acceptedTypes, formats, triggers } from '../../dialects/ngsi-ld/subscriptions/subscription-document.ts';

export const subscriptionPath = {
  subscriptionId: Type.String({
    description: 'Id of the subscription, a URI',
    examples: ['urn:ngsi-ld:Subscription:warm-rooms'],
  }),
};

const words = (list: readonly string[]) => Type.Union(list.map((word) => Type.Literal(word)));

const pairs = Type.Array(Type.Object({ key: Type.String(), value: Type.String() }));

const endpoint = Type.Object({
  uri: Type.String({
    description: '`http`, `https`, `mqtt` or `mqtts`; of MQTT, the path is the topic',
    examples: ['https://city.example/notifications', 'mqtt://user:password@broker.example/rooms/warm'],
  }),
  accept: Type.Optional(words(acceptedTypes)),
  timeout: Type.Optional(Type.Number({ description: 'Milliseconds that an answer may take' })),
  cooldown: Type.Optional(Type.Number({ description: 'Milliseconds that nothing is sent for after a failure' })),
  receiverInfo: Type.Optional(pairs),
  notifierInfo: Type.Optional(pairs),
});

const notificationMembers = {
  attributes: Type.Optional(Type.Array(Type.String())),
  pick: Type.Optional(Type.Array(Type.String())),
  omit: Type.Optional(Type.Array(Type.String())),
  format: Type.Optional(words(formats)),
  showChanges: Type.Optional(Type.Boolean({ description: 'Say what attributes were before' })),
  sysAttrs: Type.Optional(Type.Boolean()),
  join: Type.Optional(words(['flat', 'inline', '@none'])),
  joinLevel: Type.Optional(Type.Integer()),
  endpoint,
};

const members = {
  subscriptionName: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  entities: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.Optional(Type.Unknown({ description: 'A URI, or several' })),
        idPattern: Type.Optional(Type.String()),
        type: Type.String({ description: 'A selection of types; `*` for any' }),
      }),
    ),
  ),
  watchedAttributes: Type.Optional(Type.Array(Type.String())),
  notificationTrigger: Type.Optional(Type.Array(words(triggers))),
  timeInterval: Type.Optional(Type.Number({ description: 'Seconds, from 1 on' })),
  q: Type.Optional(Type.String()),
  geoQ: Type.Optional(Type.Object({}, { additionalProperties: true })),
  csf: Type.Optional(Type.String({ description: 'Checked only: there are no context sources yet' })),
  scopeQ: Type.Optional(Type.String()),
  lang: Type.Optional(Type.String()),
  datasetId: Type.Optional(Type.Array(Type.String())),
  expandValues: Type.Optional(Type.String()),
  jsonKeys: Type.Optional(Type.String()),
  localOnly: Type.Optional(Type.Boolean()),
  splitEntities: Type.Optional(Type.Boolean({ description: 'Taken and not needed: nothing is distributed yet' })),
  throttling: Type.Optional(Type.Number({ description: 'Seconds between notifications, at least' })),
  expiresAt: Type.Optional(Type.String()),
  isActive: Type.Optional(Type.Boolean()),
  jsonldContext: Type.Optional(Type.String({ description: 'URL of the context of notifications' })),
};

const example = {
  type: 'Subscription',
  entities: [{ type: 'Room' }],
  watchedAttributes: ['temperature'],
  q: 'temperature>25',
  notification: { format: 'concise', endpoint: { uri: 'https://city.example/notifications' } },
};

export const subscriptionSchema = Type.Object(
  {
    id: Type.Optional(Type.String()),
    type: Type.Literal('Subscription'),
    ...members,
    notification: Type.Object(notificationMembers),
  },
  { description: 'A subscription', examples: [example] },
);

export const subscriptionFragmentSchema = Type.Object(
  {},
  { additionalProperties: true, description: 'Members of a subscription', examples: [{ isActive: false }] },
);

const optionalText = Type.Optional(Type.String());
const optionalCount = Type.Optional(Type.Integer());

export const shownSubscriptionSchema = Type.Object(
  {
    id: Type.String(),
    type: Type.Literal('Subscription'),
    ...members,
    status: words(['active', 'paused', 'expired']),
    notification: Type.Object({
      ...notificationMembers,
      status: Type.Optional(words(['ok', 'failed'])),
      timesSent: optionalCount,
      timesFailed: optionalCount,
      lastNotification: optionalText,
      lastSuccess: optionalText,
      lastFailure: optionalText,
    }),
    createdAt: optionalText,
    modifiedAt: optionalText,
  },
  { description: 'A subscription, with what became of it' },
);
