import { defaultDeclaredType } from '../change/default-declared-type.ts';
import type { Attribute, Entity } from '../entity/entity.ts';
import type { AttributeModel, DataModel } from './data-model.ts';
import { labelOf } from './data-model.ts';
import { modelValueOf } from './key-values.ts';
import { escapePointer } from './schema-keywords.ts';
import { briefly, type Violation } from './violation.ts';

/**
 * How declared types and units of an entity contradict its model or their own values: what the key-value form does not show.
 *
 * A type that is the default for its value says nothing, so it contradicts nothing: it is what a client that writes key-values
 * leaves to the broker. [V2 attribute type]
 */
export function checkAttributes(entity: Entity, model: DataModel): readonly Violation[] {
  let violations: Violation[] | undefined;
  for (const [name, instances] of entity.attributes) {
    const attributeModel = model.attributes.get(name);
    for (const attribute of instances) {
      const problem = contradiction(attribute, attributeModel);
      if (problem === undefined) continue;
      violations ??= [];
      violations.push({ path: `/${escapePointer(name)}`, ...problem, model: labelOf(model) });
    }
  }
  return violations ?? none;
}

const none: readonly Violation[] = [];

type Problem = Pick<Violation, 'value' | 'rule' | 'message'>;

function contradiction(attribute: Attribute, model: AttributeModel | undefined): Problem | undefined {
  return typeProblem(attribute, model) ?? (model === undefined ? undefined : unitProblem(attribute, model));
}

function typeProblem(attribute: Attribute, model: AttributeModel | undefined): Problem | undefined {
  const { declaredType } = attribute;
  if (declaredType === undefined) return undefined;
  const family = families.get(declaredType);
  if (family === undefined) return undefined;
  const value = modelValueOf(attribute);
  if (declaredType === defaultDeclaredType(value)) return undefined;
  if (!fits(attribute, family)) {
    return { value: briefly(value), rule: 'attributeType', message: `does not fit the type ${declaredType}` };
  }
  const expected = model === undefined ? undefined : familyOf(model);
  if (expected === undefined || expected === family) return undefined;
  return {
    value: declaredType,
    rule: 'attributeType',
    message: `is the type of the attribute; it must be ${named[expected]}`,
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
  if (attribute.kind !== 'property' || attribute.value === null) return true;
  if (family === 'number' || family === 'boolean') return typeof attribute.value === family;
  return true;
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

function unitProblem(attribute: Attribute, { unitCodes }: AttributeModel): Problem | undefined {
  if (unitCodes.length === 0) return undefined;
  const unit = unitOf(attribute);
  if (unit === undefined || unitCodes.includes(unit)) return undefined;
  return { value: unit, rule: 'unit', message: `is the unit of the attribute; it must be ${unitCodes.join(' or ')}` };
}

/** Metadata `unitCode` in NGSIv2, a member of the attribute in NGSI-LD. */
function unitOf(attribute: Attribute): string | undefined {
  if (attribute.kind === 'property' && attribute.unitCode !== undefined) return attribute.unitCode;
  const metadata = attribute.subAttributes?.get('unitCode');
  return metadata?.kind === 'property' && typeof metadata.value === 'string' ? metadata.value : undefined;
}
