// biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros look like that.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../../src/core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/core/json.ts';
import { parseJson } from '../../../../src/core/parse-json.ts';
import { alterations, notificationFormats } from '../../../../src/core/subscription/subscription.ts';
import {
  parseSubscription,
  parseSubscriptionPatch,
} from '../../../../src/dialects/ngsiv2/subscriptions/parse-subscription.ts';
import { renderSubscription } from '../../../../src/dialects/ngsiv2/subscriptions/render-subscription.ts';
import { restoreTerms } from '../../../../src/dialects/ngsiv2/subscriptions/subscription-terms.ts';
import { arbitraryJson } from '../../../support/arbitrary-entity.ts';
import { noon } from '../../../support/entity-builder.ts';
import { outcomeOf } from '../refusal-of.ts';
import { aStored, rules } from './subscription-payload.ts';

const name = fc.constantFrom('a', 'b', 'temperature', '*', 'dateModified', '__proto__', 'constructor', '10');
const names = fc.array(name, { maxLength: 3 });
const template = fc.constantFrom('a', '${a}', 'x-${type}', '%3D', '');

const attributes = fc.oneof(
  fc.record({ attrs: names, covered: fc.boolean() }, { requiredKeys: [] }),
  fc.record({ exceptAttrs: fc.array(name, { minLength: 1, maxLength: 2 }) }),
);

const patchedAttribute = fc.record(
  {
    value: fc.oneof(template, fc.constant(null), fc.integer(), fc.constant({ deep: ['${a}'] })),
    type: fc.constantFrom('Calculated', 'DateTime', 'geo:point'),
    metadata: fc.constantFrom({}, { evalPriority: { value: 1 } }, { evalPriority: { value: 7, type: 'Number' } }),
  },
  { requiredKeys: [] },
);

const customBody = fc.oneof(
  fc.constant({}),
  fc.record({ payload: fc.oneof(template, fc.constant(null)) }),
  fc.record({ json: fc.oneof(fc.array(template), fc.dictionary(name, template)) }),
  fc.record({
    ngsi: fc.dictionary(
      name.filter((one) => one !== '*'),
      patchedAttribute,
    ),
  }),
);

const dictionary = fc.dictionary(fc.constantFrom('X-A', 'x-${b}', 'Accept'), template, { minKeys: 1 });
const httpTarget = fc.constantFrom({ url: 'http://a:1/b' }, { url: 'https://a' }, { endpoint: 'warehouse' });
const mqttTarget = fc.constantFrom(
  { url: 'mqtt://a:1' },
  { url: 'mqtts://a', user: 'u', passwd: '*****' },
  { endpoint: 'plant' },
);
const timeout = fc.record({ timeout: fc.constantFrom(0, 1, 1_800_000) }, { requiredKeys: [] });
const mqttOptions = fc.record({ qos: fc.constantFrom(0, 1, 2), retain: fc.boolean() }, { requiredKeys: [] });

const delivery = fc.oneof(
  fc.tuple(httpTarget, timeout).map(([target, options]) => ({ http: { ...target, ...options } })),
  fc
    .tuple(
      httpTarget,
      timeout,
      customBody,
      fc.record({ method: fc.constantFrom('GET', 'PUT'), qs: dictionary, headers: dictionary }, { requiredKeys: [] }),
    )
    .map(([target, options, body, others]) => ({ httpCustom: { ...target, ...options, ...body, ...others } })),
  fc.tuple(mqttTarget, mqttOptions).map(([target, options]) => ({ mqtt: { ...target, ...options, topic: 'a/b' } })),
  fc
    .tuple(mqttTarget, mqttOptions, customBody)
    .map(([target, options, body]) => ({ mqttCustom: { ...target, ...options, ...body, topic: '${id}' } })),
  fc.constant({ stream: {} }),
);

const expression = fc.record(
  {
    q: fc.constantFrom('a>1', "b=='x';a", '!a'),
    mq: fc.constantFrom('a.b', 'a.b<1'),
  },
  { requiredKeys: ['q'] },
);
const geo = { georel: 'near;minDistance:5', geometry: 'point', coords: '1,2' };

const subject = fc.record(
  {
    entities: fc.array(
      fc.oneof(
        fc.record({ id: fc.constantFrom('a', 'b'), type: fc.constantFrom('T', 'U') }, { requiredKeys: ['id'] }),
        fc.record(
          { idPattern: fc.constantFrom('.*', '^a', 'b$'), typePattern: fc.constantFrom('T', '.*') },
          { requiredKeys: ['idPattern'] },
        ),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    condition: fc.record(
      {
        attrs: fc.array(name, { minLength: 1, maxLength: 3 }),
        expression: fc.oneof(
          expression,
          expression.map((one) => ({ ...one, ...geo })),
        ),
        jexlExpression: fc.constantFrom('a', "a|split(',')"),
        alterationTypes: fc.array(fc.constantFrom(...alterations)),
        notifyOnMetadataChange: fc.boolean(),
      },
      { requiredKeys: ['attrs'] },
    ),
  },
  { requiredKeys: ['entities'] },
);

/** Payloads that are taken, but for a `covered` that has nothing to cover. */
const payload: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      description: fc.constantFrom('', 'Rooms'),
      subject,
      notification: fc
        .tuple(
          delivery,
          attributes,
          fc.record(
            {
              onlyChangedAttrs: fc.boolean(),
              attrsFormat: fc.constantFrom(...notificationFormats),
              metadata: names,
              maxFailsLimit: fc.constantFrom(1, 10),
            },
            { requiredKeys: [] },
          ),
        )
        .map(([one, shown, others]) => ({ ...one, ...shown, ...others })),
      expires: fc.constantFrom('', '2030-01-01', '2020-01-01T00:00:00+02:00'),
      status: fc.constantFrom('active', 'inactive', 'oneshot'),
      throttling: fc.constantFrom(0, 1, 3600),
      throttlingMode: fc.constantFrom('drop', 'trailing'),
    },
    { requiredKeys: ['subject', 'notification'] },
  )
  .map((body) => parseJson(JSON.stringify(body)) as JsonObject);

describe('parse, render and parse again', () => {
  it('is stable: GET shows what POST takes, and means the same [V2 retrieve subscription]', () => {
    fc.assert(
      fc.property(payload, (body) => {
        const parsed = outcomeOf(() => parseSubscription(body, rules));
        fc.pre(!(parsed instanceof Refusal));
        const rendered = renderSubscription(aStored(parsed.document), noon);
        const { id, status, ...shown } = parseJson(rendered) as JsonObject;
        const again = parseSubscription(shown, rules);
        expect(again.document).toEqual(parsed.document);
        expect(plain(again.terms)).toEqual(plain(parsed.terms));
        expect(renderSubscription(aStored(again.document), noon)).toBe(rendered);
      }),
      { numRuns: 500 },
    );
  });

  it('reads what was stored as it was meant', () => {
    fc.assert(
      fc.property(payload, (body) => {
        const parsed = outcomeOf(() => parseSubscription(body, rules));
        fc.pre(!(parsed instanceof Refusal));
        const stored = parseJson(JSON.stringify(parsed.document)) as typeof parsed.document;
        expect(plain(restoreTerms(stored, rules.compileCondition))).toEqual(plain(parsed.terms));
      }),
      { numRuns: 200 },
    );
  });
});

describe('no payload whatever', () => {
  const anything = fc.oneof(arbitraryJson, name, fc.double(), fc.constant({}), fc.constant([]), fc.constant(''));

  it('makes the parser throw anything but a refusal', () => {
    fc.assert(
      fc.property(anything, (body) => {
        outcomeOf(() => parseSubscription(body, rules));
      }),
    );
  });

  it('nor does one that was right before something was put in its place', () => {
    fc.assert(
      fc.property(payload, payload, fc.nat(), anything, (body, stored, place, value) => {
        const broken = replaced(body, place % countOf(body), value);
        const parsed = outcomeOf(() => parseSubscription(stored, rules));
        fc.pre(!(parsed instanceof Refusal));
        for (const call of [
          () => parseSubscription(broken, rules),
          () => parseSubscriptionPatch(parsed.document, broken, rules),
        ]) {
          const outcome = outcomeOf(call);
          if (!(outcome instanceof Refusal)) renderSubscription(aStored(outcome.document), noon);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Patterns and conditions by their sources: their functions are never equal. */
function plain(terms: object): unknown {
  return JSON.parse(JSON.stringify(terms, (_, value) => (value instanceof Map ? [...value] : value)));
}

/** How many values there are in a value, itself among them. */
function countOf(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((count: number, one) => count + countOf(one as JsonValue), 1);
}

/** With another value in the place that is reached after so many. */
function replaced(value: JsonValue, place: number, by: JsonValue): JsonValue {
  if (place === 0 || typeof value !== 'object' || value === null) return place === 0 ? by : value;
  let left = place - 1;
  const members = Object.entries(value).map(([member, one]): [string, JsonValue] => {
    const count = countOf(one as JsonValue);
    const isHere = left >= 0 && left < count;
    const result = isHere ? replaced(one as JsonValue, left, by) : (one as JsonValue);
    left -= count;
    return [member, result];
  });
  return isJsonObject(value) ? Object.fromEntries(members) : members.map(([, one]) => one);
}
