import type { EntityUpdated } from '../../core/change/entity-change.ts';
import type { Entity } from '../../core/entity/entity.ts';
import { checkAttributes } from '../../core/model/check-attributes.ts';
import { type DataModel, labelOf } from '../../core/model/data-model.ts';
import { type KeyValues, keyValuesOf, keyValuesOfPart, modelValueOf } from '../../core/model/key-values.ts';
import { asksNothing, type PolicyRule, ruleFor, type Severity } from '../../core/model/model-policy.ts';
import { escapePointer } from '../../core/model/schema-keywords.ts';
import { briefly, maxViolations, type Violation } from '../../core/model/violation.ts';
import type { ScopePath } from '../../core/scope.ts';
import type { Log } from '../../ports/log.ts';
import type { CompiledModel, ModelRegistry } from '../../ports/model-registry.ts';
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
  /** Entities that were judged and conform to all that is asked of them. */
  readonly #conforming = new WeakSet<Entity>();

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
   * them.
   *
   * `update`: what made it of one that was judged before. Where that one is known to conform, what did not change still does.
   * Cost: by the attributes that changed, or by all; where nothing is asked of its type, two look-ups.
   */
  judge(entity: Entity, update?: EntityUpdated): Judgement {
    if (this.#asksNothing) return conforms;
    const changed = update !== undefined && this.#conforming.has(update.before) ? changedBy(update) : undefined;
    let judgement = conforms;
    let asksAnything = false;
    for (const type of entity.types) {
      for (const scope of entity.scopes) {
        const asked = this.#askedOf(type, scope);
        if (asked === undefined) continue;
        asksAnything = true;
        judgement = together(judgement, judgeAs(entity, type, asked, changed));
      }
    }
    if (asksAnything && judgement === conforms) this.#conforming.add(entity);
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
    return {
      model,
      mode,
      unknownAttributes,
      violations: (entity, changed) => this.#violationsUnder(model, entity, changed),
    };
  }

  /** `changed`: the others are known to conform. */
  #violationsUnder(model: DataModel, entity: Entity, changed?: readonly string[]): readonly Violation[] {
    const compiled = this.#compiled(model);
    if (compiled === undefined) return [];
    const { judgePart, names } = compiled;
    if (changed !== undefined && judgePart !== undefined) {
      const looked = names === undefined ? changed : changed.filter((name) => names.has(name));
      const broken = judgePart(keyValuesOfPart(entity, looked, compiled.emptyKeyValues()));
      const declared = checkAttributes(entity, model, changed);
      return declared.length === 0 ? broken : [...broken, ...declared];
    }
    const keyValues = keyValuesOf(entity, model.type, compiled.emptyKeyValues(), names);
    const broken = compiled.judge(keyValues);
    const declared = checkAttributes(entity, model, entity.attributes.keys());
    const others = judgeOtherInstances(entity, keyValues, compiled);
    return declared.length + others.length === 0 ? broken : [...broken, ...declared, ...others];
  }

  #compiled(model: DataModel): CompiledModel | undefined {
    try {
      return this.#registry.compile(model);
    } catch (error) {
      // It was compiled before it was stored: an older release cannot use what a newer one could.
      this.#log.error({ err: error, model: labelOf(model) }, 'a stored model cannot be used: entities pass');
      return undefined;
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
      violations(entity: Entity, changed: readonly string[] | undefined): readonly Violation[];
    };

/** Of an attribute with several instances each is a reading of its own. */
function judgeOtherInstances(entity: Entity, keyValues: KeyValues, { judge }: CompiledModel): readonly Violation[] {
  let violations: readonly Violation[] = none;
  for (const [name, instances] of entity.attributes) {
    if (instances.length === 1) continue;
    const path = `/${escapePointer(name)}`;
    for (const instance of instances.slice(1)) {
      const found = judge({ ...keyValues, [name]: modelValueOf(instance) });
      violations = [...violations, ...found.filter((one) => one.path === path || one.path.startsWith(`${path}/`))];
    }
  }
  return violations;
}

const none: readonly Violation[] = [];

/** `changed`: the others are known to conform. */
function judgeAs(entity: Entity, type: string, asked: Asked, changed: readonly string[] | undefined): Judgement {
  if (asked.model === undefined) return sorted([unknownType(type)], asked.unknownTypes);
  const ofModel = asked.mode === 'off' ? conforms : sorted(asked.violations(entity, changed), asked.mode);
  if (asked.unknownAttributes === 'off') return ofModel;
  return together(ofModel, sorted(unknownAttributesOf(entity, asked.model, changed), asked.unknownAttributes));
}

/** Attributes that an update changed; undefined where it matters that others went, or where an attribute has several instances. */
function changedBy({ after, attributes }: EntityUpdated): readonly string[] | undefined {
  const names: string[] = [];
  for (const { name, action, changed, metadataChanged } of attributes) {
    if (action === 'delete' || (after.attributes.get(name)?.length ?? 1) > 1) return undefined;
    if (changed || metadataChanged) names.push(name);
  }
  return names;
}

function unknownType(type: string): Violation {
  return { path: '/type', value: type, rule: 'unknownType', message: 'is a type that there is no model of' };
}

function unknownAttributesOf(
  entity: Entity,
  model: DataModel,
  names: Iterable<string> = entity.attributes.keys(),
): readonly Violation[] {
  const violations: Violation[] = [];
  for (const name of names) {
    const [attribute] = entity.attributes.get(name) ?? [];
    if (attribute === undefined || model.attributes.has(name)) continue;
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
