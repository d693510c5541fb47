import { defaultDeclaredType } from '../../core/change/default-declared-type.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import { equalJson } from '../../core/change/equal-json.ts';
import type { AttributeWrite, SubAttributeWrite } from '../../core/change/mutation.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import { type Expression, evaluateExpression } from '../../core/expression/expression.ts';
import { childrenOf, type ExpressionNode } from '../../core/expression/expression-node.ts';
import type { JsonValue } from '../../core/json.ts';
import { renderInstant } from '../../core/time/instant.ts';
import { checkIdentifier } from '../../dialects/ngsiv2/identifiers.ts';
import { parseAttributeMember } from '../../dialects/ngsiv2/parse-attribute.ts';
import type { TextRules } from '../../dialects/ngsiv2/text-rules.ts';
import { wordRefusal } from '../../dialects/ngsiv2/word-refusal.ts';
import { IotRefusal, type MeasureProblem } from '../iot-refusal.ts';
import type { DeviceProfile } from '../profile/device-profile.ts';
import type { ActiveAttribute, EntityName } from '../registry/definitions.ts';
import type { Device } from '../registry/device.ts';
import type { ServiceGroup } from '../registry/service-group.ts';
import { interpretValue, nativeValue } from './interpret-value.ts';
import { MeasureContext } from './measure-context.ts';
import { type Reading, timeInstant } from './reading.ts';

/** Whose reading it is, and what is known of that. */
export interface Sender {
  readonly device: Device;
  readonly group: ServiceGroup | undefined;
  readonly profile: DeviceProfile;
}

/** What a reading says of entities: the first draft is that of the device, unless it says nothing of it. */
export interface InterpretedReading {
  readonly drafts: readonly EntityDraft[];
  /** Measures that cannot be attributes; the others are in the drafts. */
  readonly problems: readonly MeasureProblem[];
}

export interface InterpretationRules {
  readonly text: TextRules;
  /** How far in the future a reading may be observed, for clocks that run ahead. */
  readonly maxFutureMs: number;
}

/**
 * What the measures of one reading are as attributes, after what was provisioned: renamed, computed, typed, timed, and given to
 * the entities that have them. Pure. Refuses with `observedInFuture`, and what the name of an entity is refused for.
 *
 * [IoTA measurement transformation] [IoTA multientity support] [IoTA timestamp processing]
 */
export function interpretReading(
  reading: Reading,
  sender: Sender,
  now: EpochMs,
  rules: InterpretationRules,
): InterpretedReading {
  return new Interpretation(reading, sender, now, rules).interpreted();
}

/** Names that no attribute can have: measures of these names are passed over. [IoTA entity attributes] */
const unwritable: ReadonlySet<string> = new Set(['id', 'type']);

class Interpretation {
  readonly #reading: Reading;
  readonly #sender: Sender;
  readonly #rules: InterpretationRules;
  readonly #now: EpochMs;
  /** Made for the first expression. */
  #made: MeasureContext | undefined;
  readonly #values: ReadonlyMap<string, JsonValue>;
  readonly #observedAt: EpochMs | undefined;
  readonly #timed: ReadonlyMap<string, SubAttributeWrite> | undefined;
  readonly #problems: MeasureProblem[] = [];
  /** By id and type of the entity. */
  readonly #drafts = new Map<string, { id: string; type: string; writes: Map<string, AttributeWrite> }>();

  constructor(reading: Reading, sender: Sender, now: EpochMs, rules: InterpretationRules) {
    this.#reading = reading;
    this.#sender = sender;
    this.#rules = rules;
    this.#values = reading.isTextual ? nativeValues(reading.measures) : reading.measures;
    this.#now = now;
    const { timestamp } = sender.profile.definitions;
    this.#observedAt = reading.observedAt ?? (timestamp === true ? now : undefined);
    if (this.#observedAt !== undefined && this.#observedAt > now + rules.maxFutureMs) {
      const observed = renderInstant(this.#observedAt);
      throw new IotRefusal({ kind: 'observedInFuture', observed, limitSeconds: rules.maxFutureMs / 1000 });
    }
    this.#timed = timestamp === false || this.#observedAt === undefined ? undefined : timeOf(this.#observedAt);
  }

  get #context(): MeasureContext {
    const { device, profile } = this.#sender;
    this.#made ??= new MeasureContext(device, profile, this.#values, this.#now);
    return this.#made;
  }

  interpreted(): InterpretedReading {
    const { profile } = this.#sender;
    const progresses = this.#progress();
    for (const attribute of profile.definitions.attributes) {
      const value = this.#valueOf(attribute);
      if (value === undefined || !progresses(attribute.name, attribute.objectId)) continue;
      this.#write(attribute, attribute.type, value, profile.metadataOf(attribute), attribute.entity);
    }
    for (const [name, value] of this.#reading.measures) {
      if (!profile.byObjectId.has(name)) this.#writeUndefined(name, value, progresses);
    }
    if (this.#drafts.size > 0) this.#writeStatics(progresses);
    for (const { writes } of this.#drafts.values()) this.#writeTime(writes);
    return { drafts: [...this.#drafts.values()].map(draftOf), problems: this.#problems };
  }

  /** Which attributes go on to entities. [IoTA explicitAttrs] */
  #progress(): (name: string, objectId?: string) => boolean {
    const { explicitAttrs } = this.#sender.profile.definitions;
    if (typeof explicitAttrs !== 'object') return always;
    const chosen = evaluateExpression(explicitAttrs, this.#context);
    if (!Array.isArray(chosen)) return () => true;
    const items = chosen as readonly JsonValue[];
    return (name, objectId) =>
      items.some((item) => item === name || (objectId !== undefined && equalJson(item, { object_id: objectId })));
  }

  get #definedOnly(): boolean {
    const { explicitAttrs } = this.#sender.profile.definitions;
    if (typeof explicitAttrs !== 'object') return explicitAttrs === true;
    const chosen = evaluateExpression(explicitAttrs, this.#context);
    return chosen === true || Array.isArray(chosen);
  }

  /** Undefined: the reading says nothing of it. */
  #valueOf({ objectId, name, type, expression, skipValue }: ActiveAttribute): JsonValue | undefined {
    const measured = this.#reading.measures.get(objectId);
    if (expression === undefined) return measured === undefined ? undefined : interpretValue(measured, type);
    const computed = evaluateExpression(expression, this.#context);
    // An expression that lacks something it speaks of is not for this reading.
    if (computed === null && measured !== undefined && !this.#knows(expression)) return interpretValue(measured, type);
    if (equalJson(computed, skipValue)) return undefined;
    this.#context.set(name, computed);
    this.#context.set(objectId, computed);
    return computed;
  }

  #knows({ root }: Expression): boolean {
    return namesIn(root).every((name) => this.#context.lookup(name) !== undefined);
  }

  #writeUndefined(name: string, value: JsonValue, progresses: (name: string) => boolean): void {
    if (unwritable.has(name)) return;
    const { profile } = this.#sender;
    const known =
      profile.definitions.lazy.find((lazy) => lazy.objectId === name) ??
      profile.definitions.attributes.find((attribute) => attribute.name === name && attribute.entity === undefined);
    if (known !== undefined) {
      if (progresses(known.name))
        this.#write({ ...known, objectId: name }, known.type, interpretValue(value, known.type));
      return;
    }
    const described = this.#reading.described?.get(name);
    const isDefined = described?.isDefined === true;
    if (!isDefined && (this.#definedOnly || !progresses(name))) return;
    const native = this.#values.get(name) ?? null;
    this.#write(
      { name, objectId: name, ...(described?.metadata && { given: described.metadata }) },
      described?.type ?? defaultDeclaredType(native),
      native,
    );
  }

  #write(
    attribute: { readonly name: string; readonly objectId: string; readonly given?: JsonValue },
    type: string,
    value: JsonValue,
    metadata?: ReadonlyMap<string, SubAttributeWrite>,
    entity?: ActiveAttribute['entity'],
  ): void {
    const { name, objectId, given } = attribute;
    try {
      const body = { type, value, ...(given !== undefined && { metadata: given }) };
      const write = parseAttributeMember(name, body, { form: 'normalized', rules: this.#rules.text, creates: false });
      this.#draft(entity).set(name, this.#dated(write, metadata ?? write.subAttributes));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#problems.push({ measure: objectId, problem: wordRefusal(error.reason).description });
    }
  }

  #dated(write: AttributeWrite, metadata: ReadonlyMap<string, SubAttributeWrite> | undefined): AttributeWrite {
    const subAttributes =
      metadata === undefined || this.#timed === undefined
        ? (metadata ?? this.#timed)
        : new Map([...metadata, ...this.#timed]);
    return { ...write, subAttributes, ...(this.#observedAt !== undefined && { observedAt: this.#observedAt }) };
  }

  #draft(entity: ActiveAttribute['entity']): Map<string, AttributeWrite> {
    const { profile } = this.#sender;
    const id = entity === undefined ? this.#ownEntity() : this.#named(entity.name);
    const type = entity?.type ?? profile.entityType;
    const key = `${type} ${id}`;
    let draft = this.#drafts.get(key);
    if (draft === undefined) {
      checkIdentifier('entity id', id, this.#rules.text);
      checkIdentifier('entity type', type, this.#rules.text);
      draft = { id, type, writes: new Map() };
      this.#drafts.set(key, draft);
    }
    return draft.writes;
  }

  #ownEntity(): string {
    const { device, group } = this.#sender;
    if (group?.entityNameExp === undefined) return device.entityName;
    const name = evaluateExpression(group.entityNameExp, this.#context);
    return typeof name === 'string' && name !== '' ? name : device.entityName;
  }

  #named({ text, expression }: EntityName): string {
    const name = expression === undefined ? null : evaluateExpression(expression, this.#context);
    return name === null || typeof name === 'object' ? text : String(name);
  }

  /** The time of the reading, as the attribute that existing applications look for. */
  #writeTime(writes: Map<string, AttributeWrite>): void {
    const time = this.#timed?.get(timeInstant);
    if (time === undefined || this.#observedAt === undefined) return;
    const { content } = time;
    const observedAt = this.#observedAt;
    writes.set(timeInstant, {
      name: timeInstant,
      content,
      declaredType: 'DateTime',
      subAttributes: undefined,
      observedAt,
    });
  }

  #writeStatics(progresses: (name: string) => boolean): void {
    const { profile } = this.#sender;
    const draft = this.#draft(undefined);
    for (const attribute of profile.definitions.statics) {
      const { name, type, value } = attribute;
      if (draft.has(name) || !progresses(name)) continue;
      const write = parseAttributeMember(
        name,
        { type, value },
        { form: 'normalized', rules: this.#rules.text, creates: false },
      );
      draft.set(name, { ...write, subAttributes: profile.metadataOf(attribute) });
    }
  }
}

const always = (): boolean => true;

function draftOf({ id, type, writes }: { id: string; type: string; writes: Map<string, AttributeWrite> }): EntityDraft {
  return { id, types: [type], writes: [...writes.values()] };
}

function nativeValues(measures: ReadonlyMap<string, JsonValue>): ReadonlyMap<string, JsonValue> {
  return new Map([...measures].map(([name, value]) => [name, nativeValue(String(value))]));
}

/** The time of a reading as metadata of what it says. */
function timeOf(observedAt: EpochMs): ReadonlyMap<string, SubAttributeWrite> {
  const content = { kind: 'property', value: renderInstant(observedAt), valueType: 'DateTime' } as const;
  return new Map([[timeInstant, { content, declaredType: 'DateTime' }]]);
}

function namesIn(node: ExpressionNode): readonly string[] {
  return node.kind === 'name' ? [node.name] : childrenOf(node).flatMap(namesIn);
}
