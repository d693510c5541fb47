import type { Entity } from '../../core/entity/entity.ts';
import { checkAttributes } from '../../core/model/check-attributes.ts';
import { type DataModel, labelOf } from '../../core/model/data-model.ts';
import { keyValuesOf, modelValueOf } from '../../core/model/key-values.ts';
import { asksNothing, type PolicyRule, ruleFor, type Severity } from '../../core/model/model-policy.ts';
import { escapePointer } from '../../core/model/schema-keywords.ts';
import { briefly, maxViolations, type Violation } from '../../core/model/violation.ts';
import type { ScopePath } from '../../core/scope.ts';
import type { Log } from '../../ports/log.ts';
import type { JudgeKeyValues, ModelRegistry } from '../../ports/model-registry.ts';
import { ModelShelf } from './model-shelf.ts';

/** What is wrong with an entity, by what is done about it. */
export interface Judgement {
  readonly refused: readonly Violation[];
  readonly warned: readonly Violation[];
}

/** Nothing is wrong. */
export const conforms: Judgement = { refused: [], warned: [] };

/** The models and the policy of one tenant, in force, and what they say of an entity. Replaced as a whole when any of it changes. */
export class TenantModels {
  readonly rules: readonly PolicyRule[];
  readonly shelf = new ModelShelf();
  readonly #registry: ModelRegistry;
  readonly #log: Log;
  /** By type and scope: what is asked of such entities; null: nothing. */
  readonly #asked = new Map<string, Map<ScopePath, Asked | null>>();
  readonly #asksNothing: boolean;

  constructor(registry: ModelRegistry, own: Iterable<DataModel>, rules: Iterable<PolicyRule>, log: Log) {
    this.#registry = registry;
    this.#log = log;
    for (const model of registry.shipped) this.shelf.put(model);
    for (const model of own) this.shelf.put(model);
    this.rules = [...rules];
    this.#asksNothing = this.rules.every(asksNothing);
  }

  /**
   * What is wrong with an entity under the policy. An entity of several types, or in several scopes, is looked at as each of
   * them. Cost: by the size of the entity; where nothing is asked of its type, two look-ups.
   */
  judge(entity: Entity): Judgement {
    if (this.#asksNothing) return conforms;
    let judgement = conforms;
    for (const type of entity.types) {
      for (const scope of entity.scopes) {
        const asked = this.#askedOf(type, scope);
        if (asked !== undefined) judgement = together(judgement, judgeAs(entity, type, asked));
      }
    }
    return judgement;
  }

  /** What is wrong with an entity of one of its types under a model, whatever the policy; attributes that the model does not have are none of it. */
  judgeUnder(entity: Entity, model: DataModel): readonly Violation[] {
    return this.#violationsUnder(model, entity);
  }

  /**
   * Everything that is wrong with an entity, whatever the policy does about it; attributes and types that there is no model of
   * only where it asks for them. Undefined: there is no model of it, and nothing is asked of such.
   */
  inspect(entity: Entity): readonly Violation[] | undefined {
    let found: Violation[] | undefined;
    for (const type of entity.types) {
      for (const scope of entity.scopes) {
        const { rule, model } = this.ruleFor(type, scope);
        if (model === undefined) {
          if (rule !== undefined && rule.unknownTypes !== 'off') found = [...(found ?? []), unknownType(type)];
          continue;
        }
        found = [...(found ?? []), ...this.#violationsUnder(model, entity)];
        if (rule !== undefined && rule.unknownAttributes !== 'off') found.push(...unknownAttributesOf(entity, model));
      }
    }
    return found;
  }

  /** The rule for entities of a type in a scope, and the model that it takes. */
  ruleFor(
    type: string,
    scope: ScopePath,
  ): { readonly rule: PolicyRule | undefined; readonly model: DataModel | undefined } {
    const rule = ruleFor(this.rules, type, scope);
    return { rule, model: this.shelf.get(type, rule?.version) };
  }

  #askedOf(type: string, scope: ScopePath): Asked | undefined {
    let byScope = this.#asked.get(type);
    if (byScope === undefined) {
      if (this.#asked.size >= maxRemembered) this.#asked.clear();
      byScope = new Map();
      this.#asked.set(type, byScope);
    }
    let asked = byScope.get(scope);
    if (asked === undefined) {
      if (byScope.size >= maxRemembered) byScope.clear();
      asked = this.#findOut(type, scope);
      byScope.set(scope, asked);
    }
    return asked ?? undefined;
  }

  #findOut(type: string, scope: ScopePath): Asked | null {
    const { rule, model } = this.ruleFor(type, scope);
    if (rule === undefined || asksNothing(rule)) return null;
    if (model === undefined) return rule.unknownTypes === 'off' ? null : { unknownTypes: rule.unknownTypes };
    const { mode, unknownAttributes } = rule;
    if (mode === 'off' && unknownAttributes === 'off') return null;
    return { model, mode, unknownAttributes, violations: (entity) => this.#violationsUnder(model, entity) };
  }

  #violationsUnder(model: DataModel, entity: Entity): readonly Violation[] {
    const judge = this.#judgeOf(model);
    const keyValues = keyValuesOf(entity, model.type);
    const declared = checkAttributes(entity, model);
    let violations = declared.length === 0 ? judge(keyValues) : [...judge(keyValues), ...declared];
    for (const [name, [, ...others]] of entity.attributes) {
      // Of an attribute with several instances each is a reading of its own.
      for (const instance of others) {
        const path = `/${escapePointer(name)}`;
        const found = judge({ ...keyValues, [name]: modelValueOf(instance) }).filter((one) =>
          one.path.startsWith(path),
        );
        violations = [...violations, ...found];
      }
    }
    return violations;
  }

  #judgeOf(model: DataModel): JudgeKeyValues {
    try {
      return this.#registry.compile(model);
    } catch (error) {
      // It was compiled before it was stored: an older release cannot use what a newer one could.
      this.#log.error({ err: error, model: labelOf(model) }, 'a stored model cannot be used: entities pass');
      return () => [];
    }
  }
}

/** Types, and scopes of a type, for which it is remembered what is asked: clients invent both. */
const maxRemembered = 10_000;

type Asked =
  | { readonly unknownTypes: Severity; readonly model?: undefined }
  | {
      readonly model: DataModel;
      readonly mode: Severity;
      readonly unknownAttributes: Severity;
      violations(entity: Entity): readonly Violation[];
    };

function judgeAs(entity: Entity, type: string, asked: Asked): Judgement {
  if (asked.model === undefined) return sorted([unknownType(type)], asked.unknownTypes);
  const ofModel = asked.mode === 'off' ? conforms : sorted(asked.violations(entity), asked.mode);
  if (asked.unknownAttributes === 'off') return ofModel;
  return together(ofModel, sorted(unknownAttributesOf(entity, asked.model), asked.unknownAttributes));
}

function unknownType(type: string): Violation {
  return { path: '/type', value: type, rule: 'unknownType', message: 'is a type that there is no model of' };
}

function unknownAttributesOf(entity: Entity, model: DataModel): readonly Violation[] {
  const violations: Violation[] = [];
  for (const [name, [attribute]] of entity.attributes) {
    if (model.attributes.has(name)) continue;
    violations.push({
      path: `/${escapePointer(name)}`,
      value: briefly(modelValueOf(attribute)),
      rule: 'unknownAttribute',
      message: 'is not part of the model',
      model: labelOf(model),
    });
  }
  return violations;
}

function sorted(violations: readonly Violation[], severity: Severity): Judgement {
  if (violations.length === 0 || severity === 'off') return conforms;
  const told = violations.slice(0, maxViolations);
  return severity === 'enforce' ? { refused: told, warned: [] } : { refused: [], warned: told };
}

function together(one: Judgement, other: Judgement): Judgement {
  if (other === conforms) return one;
  if (one === conforms) return other;
  return { refused: [...one.refused, ...other.refused], warned: [...one.warned, ...other.warned] };
}
