import { counterId, counterType } from '../city/madrid.ts';
import type { ForwardingWorkload } from './workload.ts';

const middling = 100_000;

/** Long enough to matter beside what the broker does, in milliseconds. */
const latencyMs = 20;

/** Of other entities, other types and other attributes than what is asked for: what an index must not have to look at. */
const unrelated = Array.from({ length: 10_000 }, (_, index) => {
  const what = [
    { entities: [{ id: `Device${index}`, type: 'Device' }], attrs: ['switch'] },
    { entities: [{ idPattern: `^Meter${index}$` }], attrs: [`reading${index}`] },
    { entities: [{ idPattern: '.*', type: counterType }], attrs: [`lazy${index}`] },
    { entities: [{ idPattern: '.*', type: `Type${index}` }] },
  ];
  return { dataProvided: what[index % what.length], provider: { http: { url: 'http://127.0.0.1:9' } } };
});

export const forwardingWorkloads: readonly ForwardingWorkload[] = [
  ...[
    { what: 'get', path: `/v2/entities/${counterId(7)}?type=${counterType}&attrs=intensity` },
    { what: 'page', path: `/v2/entities?type=${counterType}&attrs=intensity&limit=20` },
  ].map(
    ({ what, path }): ForwardingWorkload => ({
      kind: 'forwarding',
      name: `${what}-beside-registrations`,
      about: 'What no provider has a part in, beside 10,000 registrations and beside none',
      entities: middling,
      path,
      registrations: unrelated,
      providers: 0,
      latencyMs: 0,
      connections: 50,
      least: 1 / 1.2,
    }),
  ),
  ...[
    { providers: 1, least: 0.6 },
    { providers: 10, least: 5 },
  ].map(
    ({ providers, least }): ForwardingWorkload => ({
      kind: 'forwarding',
      name: `ask-providers-${providers}`,
      about: `A page from ${providers} of those who take ${latencyMs} ms each, beside what they take one after the other`,
      entities: middling,
      path: '/v2/entities?type=Remote&limit=100',
      registrations: [],
      providers,
      latencyMs,
      connections: 1,
      least,
    }),
  ),
];
