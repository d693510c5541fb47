import { counterCount, counterId } from '../city/madrid.ts';
import { whole } from '../city/seeded-random.ts';
import { expectEntities, expectStatus } from './checks.ts';
import {
  aboveIntensity,
  counted,
  deep,
  inOrder,
  inPolygon,
  near,
  onTwoAttributes,
  page,
  several,
  textEquals,
  textPattern,
  variety,
} from './queries.ts';
import type { Bar, RequestWorkload } from './workload.ts';

const middling = 100_000;
const large = 1_000_000;

function ofFastify(least: number): Bar {
  return { kind: 'ratio', whose: 'oriel', of: 'fastify-route', least };
}

/** Entities that did not change since they were last read, without a call to the database. */
const readOnMongo: Bar = { kind: 'ratio', whose: 'oriel-mongodb', of: 'oriel', least: 0.5 };

function getById(different: number, part = ''): RequestWorkload['requests'] {
  return (random, entities) => {
    const counters = counterCount(entities);
    return Array.from({ length: variety }, (_, at) => ({
      method: 'GET' as const,
      path: `/v2/entities/${counterId(different < variety ? at % different : whole(random, counters))}${part}`,
    }));
  };
}

type Read = Omit<RequestWorkload, 'kind' | 'writes' | 'limits'> & Partial<Pick<RequestWorkload, 'limits'>>;

const reads: readonly Read[] = [
  {
    name: 'get-by-id-hot',
    about: 'A hundred entities by id, over and over.',
    entities: middling,
    bars: [ofFastify(0.85), readOnMongo],
    requests: getById(100),
    check: expectStatus(200),
  },
  {
    name: 'get-by-id',
    about: 'Entities by id, any of them.',
    entities: middling,
    limits: ['fastify-route', 'node-http', 'mongodb-find-one'],
    bars: [ofFastify(0.85), readOnMongo],
    requests: getById(Number.POSITIVE_INFINITY),
    check: expectStatus(200),
  },
  {
    name: 'get-value',
    about: 'The value of one attribute of an entity, any of them.',
    entities: middling,
    requests: getById(Number.POSITIVE_INFINITY, '/attrs/intensity/value'),
    check: expectStatus(200),
  },
  ...([20, 100, 1000] as const).flatMap((limit): Read[] =>
    (['', '&options=keyValues'] as const).map((representation) => ({
      name: `page-${limit}${representation === '' ? '' : '-keyvalues'}`,
      about: `A page of ${limit} entities of a type, ${representation === '' ? 'normalized' : 'as keyValues'}.`,
      entities: middling,
      requests: several(2000, page(limit, representation)),
      check: expectEntities(limit),
    })),
  ),
  {
    name: 'dashboards',
    about: 'What a dashboard asks: a tenth by id, filters, places, orders, counts and pages, each a share.',
    entities: middling,
    kinds: 10,
    requests: (random, entities) => {
      const byId = { method: 'GET', path: '' } as const;
      const questions = [
        aboveIntensity(0.5),
        aboveIntensity(0.001),
        near,
        inPolygon,
        inOrder,
        counted,
        onTwoAttributes,
        textEquals,
        page(100, '&options=keyValues'),
      ];
      return Array.from({ length: variety }, (_, at) => {
        const question = questions[at % 10];
        return (
          question?.(random) ?? { ...byId, path: `/v2/entities/${counterId(whole(random, counterCount(entities)))}` }
        );
      });
    },
    check: expectStatus(200),
  },
  {
    name: 'get-by-id-million',
    about: 'Entities by id, any of a million.',
    entities: large,
    bars: [ofFastify(0.85), readOnMongo],
    requests: getById(Number.POSITIVE_INFINITY),
    check: expectStatus(200),
  },
  {
    name: 'filter-half',
    about: 'type, and q on a number that half of the counters satisfy, limit 20.',
    entities: large,
    limits: ['fastify-route', 'mongodb-query'],
    bars: [ofFastify(0.5), { kind: 'ratio', whose: 'oriel-mongodb', of: 'mongodb-query', least: 3 }],
    requests: several(variety, aboveIntensity(0.5)),
    check: expectEntities(20),
  },
  {
    name: 'filter-rare',
    about: 'type, and q on a number that one counter in a thousand satisfies, limit 20.',
    entities: large,
    limits: ['fastify-route', 'memory-scan'],
    bars: [ofFastify(0.5)],
    requests: several(variety, aboveIntensity(0.001)),
    check: expectEntities(1),
  },
  {
    name: 'filter-two',
    about: 'type, and q on two numbers.',
    entities: large,
    requests: several(variety, onTwoAttributes),
    check: expectEntities(1),
  },
  {
    name: 'text-equals',
    about: 'type, and q on a text that is equal to one of 21.',
    entities: large,
    requests: several(variety, textEquals),
    check: expectEntities(1),
  },
  {
    name: 'text-pattern',
    about: 'type, and q on a text by a pattern that starts with what all have.',
    entities: large,
    requests: several(2000, textPattern),
    check: expectEntities(1),
  },
  {
    name: 'near',
    about: 'Counters within a kilometre of a point, limit 20.',
    entities: large,
    bars: [ofFastify(0.5)],
    requests: several(variety, near),
    check: expectEntities(1),
  },
  {
    name: 'polygon',
    about: 'Counters in a quarter with six corners, limit 20.',
    entities: large,
    requests: several(variety, inPolygon),
    check: expectEntities(1),
  },
  {
    name: 'order',
    about:
      'The first twenty of 100,000 stations by one of five attributes, up or down, half of the time with a filter.',
    entities: large,
    bars: [{ kind: 'cpu', whose: 'oriel', mostMsPerRequest: 10 }],
    requests: several(variety, inOrder),
    check: expectEntities(20),
  },
  {
    name: 'count',
    about: 'How many counters are above a number that a third of them is above.',
    entities: large,
    requests: several(variety, counted),
    check: expectEntities(1),
  },
  {
    name: 'deep-paging',
    about: 'Pages of 20 at offsets of up to half of a million.',
    entities: large,
    requests: (random, entities) => several(variety, deep(entities))(random),
    check: expectEntities(20),
  },
];

export const readWorkloads: readonly RequestWorkload[] = reads.map((read) => ({
  kind: 'requests',
  writes: false,
  limits: ['fastify-route'],
  ...read,
}));
