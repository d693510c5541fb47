import { defaultDeclaredType } from '../change/default-declared-type.ts';
import type { Attribute, Entity } from '../entity/entity.ts';
import type { AttributeModel, DataModel } from './data-model.ts';
import { labelOf } from './data-model.ts';
import { modelValueOf } from './key-values.ts';
import { escapePointer } from './schema-keywords.ts';
import { briefly, type Violation } from './violation.ts';

/**
 * How declared types and units of attributes contradict the model or their own values: what the key-value form does not show.
 *
 * A type that is the default for its value says nothing, so it contradicts nothing: it is what a client that writes key-values
 * leaves to the broker. [V2 attribute type]
 */
export function checkAttributes(entity: Entity, model: DataModel, names: Iterable<string>): readonly Violation[] {
  const expected = expectationsOf(model);
  let violations: Violation[] | undefined;
  for (const name of names) {
    const ofModel = expected.get(name);
    for (const attribute of entity.attributes.get(name) ?? []) {
      const problem =
        typeProblem(attribute, ofModel?.family) ?? (ofModel?.units && unitProblem(attribute, ofModel.units));
      if (problem === undefined) continue;
      violations ??= [];
      violations.push({ path: `/${escapePointer(name)}`, ...problem, model: labelOf(model) });
    }
  }
  return violations ?? none;
}

const none: readonly Violation[] = [];

type Problem = Pick<Violation, 'value' | 'rule' | 'message'>;

/** What the type and the unit of an attribute must be. */
interface Expectation {
  readonly family: Family | undefined;
  readonly units: readonly string[] | undefined;
}

const expectations = new WeakMap<DataModel, ReadonlyMap<string, Expectation>>();

/** Worked out once a model: every write asks. */
function expectationsOf(model: DataModel): ReadonlyMap<string, Expectation> {
  let known = expectations.get(model);
  if (known === undefined) {
    known = new Map(
      [...model.attributes].map(([name, attribute]) => {
        const { unitCodes } = attribute;
        return [name, { family: familyOf(attribute), units: unitCodes.length === 0 ? undefined : unitCodes }];
      }),
    );
    expectations.set(model, known);
  }
  return known;
}

function typeProblem(attribute: Attribute, expected: Family | undefined): Problem | undefined {
  const { declaredType } = attribute;
  const family = declaredType === undefined ? undefined : families.get(declaredType);
  if (declaredType === undefined || family === undefined) return undefined;
  if (!fits(attribute, family)) {
    const value = briefly(modelValueOf(attribute));
    return { value, rule: 'attributeType', message: `does not fit the type ${declaredType}` };
  }
  if (expected === undefined || expected === family) return undefined;
  if (declaredType === defaultDeclaredType(modelValueOf(attribute))) return undefined;
  return {
    value: declaredType,
    rule: 'attributeType',
    message: `is the type of the attribute, which must be ${named[expected]}`,
  };
}

type Family = 'number' | 'boolean' | 'text' | 'instant' | 'place' | 'relationship';

/** Types of which it is known what they mean. Any other type is the client's own. */
const families: ReadonlyMap<string, Family> = new Map([
  ['Number', 'number'],
  ['Integer', 'number'],
  ['Float', 'number'],
  ['Boolean', 'boolean'],
  ['Text', 'text'],
  ['DateTime', 'instant'],
  ['ISO8601', 'instant'],
  ['geo:json', 'place'],
  ['geo:point', 'place'],
  ['geo:line', 'place'],
  ['geo:box', 'place'],
  ['geo:polygon', 'place'],
  ['Relationship', 'relationship'],
]);

const named: Readonly<Record<Family, string>> = {
  number: 'Number',
  boolean: 'Boolean',
  text: 'Text',
  instant: 'DateTime',
  place: 'geo:json',
  relationship: 'Relationship',
};

/** Tells whether the value is one of the type. Instants and places have been read as such when they were written. */
function fits(attribute: Attribute, family: Family): boolean {
  if (family !== 'number' && family !== 'boolean') return true;
  if (attribute.kind !== 'property' || attribute.value === null) return true;
  return typeof attribute.value === family;
}

/** What the type of the attribute must mean; undefined where several would do. */
function familyOf({ kind, valueTypes, instant }: AttributeModel): Family | undefined {
  if (kind === 'GeoProperty') return 'place';
  if (kind === 'Relationship') return 'relationship';
  if (kind !== 'Property') return undefined;
  if (instant) return 'instant';
  const [type, ...others] = new Set(valueTypes.map((one) => (one === 'integer' ? 'number' : one)));
  return others.length === 0 && (type === 'number' || type === 'boolean') ? type : undefined;
}

function unitProblem(attribute: Attribute, units: readonly string[]): Problem | undefined {
  const unit = unitOf(attribute);
  if (unit === undefined || units.includes(unit)) return undefined;
  return { value: unit, rule: 'unit', message: `is the unit of the attribute, which must be ${units.join(' or ')}` };
}

/** Metadata `unitCode` in NGSIv2, a member of the attribute in NGSI-LD. */
function unitOf(attribute: Attribute): string | undefined {
  // What a client of NGSIv2 wrote has a declared type: looking for what is seldom there costs more than for what is.
  if (attribute.declaredType === undefined && attribute.kind === 'property') return attribute.unitCode;
  const metadata = attribute.subAttributes?.get('unitCode');
  return metadata?.kind === 'property' && typeof metadata.value === 'string' ? metadata.value : undefined;
}
