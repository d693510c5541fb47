import type { Attribute } from '../../../core/entity/entity.ts';
import type { JsonValue } from '../../../core/json.ts';
import { renderDateTime } from '../date-time.ts';
import { isPlace, payloadMembers, typesByKind } from '../entities/payloads.ts';
import { isAttributeMember } from '../names.ts';
import type { EntityView } from '../query/entity-view.ts';
import { preferredTag } from '../query/language-preference.ts';
import type { MemberTree } from '../query/projection.ts';
import { asNgsiLd, shownValue } from './shown-attribute.ts';

/** Linked entities, rendered for the place where they are shown; undefined for what is not at hand. [LD 4.5.23.2] */
export type RenderLinked = (uri: string, members: MemberTree | undefined) => string | undefined;

/** How the attributes of one entity are rendered. */
export interface AttributeRendering {
  readonly view: EntityView;
  readonly linked?: RenderLinked;
  /** What the instances were before the change that is told of. [LD 5.2.14] */
  readonly previous?: readonly Attribute[];
  /** Instances that the change took away, as JSON texts. [LD 5.8.6] */
  readonly gone?: readonly string[];
}

/** The instances that the view shows. [LD 4.5.5] */
export function shownInstances(instances: readonly Attribute[], { datasetIds }: EntityView): readonly Attribute[] {
  if (datasetIds === undefined) return instances;
  return instances.filter(({ datasetId }) => datasetIds.has(datasetId ?? '@none'));
}

/** An attribute as JSON text; `members` are those that are picked of the entities it links to. At least one instance. [LD 4.5.2] [LD 4.5.4] */
export function renderInstances(
  instances: readonly Attribute[],
  rendering: AttributeRendering,
  members: MemberTree | undefined,
): string {
  const { representation } = rendering.view;
  const [only] = instances;
  if (only === undefined) return 'null';
  if (representation === 'simplified') return renderSimplified(instances, rendering, members);
  const { gone = [] } = rendering;
  const isAlone = instances.length === 1 && gone.length === 0;
  if (isAlone) return renderInstance(only, rendering, members, representation === 'concise');
  return `[${[...instances.map((one) => renderInstance(one, rendering, members, false)), ...gone].join(',')}]`;
}

/** `bare`: a value alone may stand for its attribute. [LD 4.5.2.3] */
function renderInstance(
  stored: Attribute,
  rendering: AttributeRendering,
  members: MemberTree | undefined,
  bare: boolean,
): string {
  const { attribute, tag } = inLanguage(asNgsiLd(stored), rendering.view);
  const isConcise = rendering.view.representation === 'concise';
  const rest =
    (tag === undefined ? '' : `,"lang":${JSON.stringify(tag)}`) +
    renderRest(attribute, rendering) +
    renderPrevious(attribute, rendering);
  const linked = renderLinked(attribute, rendering, members);
  const payload = renderPayload(attribute, rendering.view);
  if (bare && rest === '' && linked === '' && mayStandAlone(attribute)) return payload;
  const type = isConcise ? '' : `"type":"${typesByKind[attribute.kind]}",`;
  return `{${type}"${payloadMembers[attribute.kind]}":${payload}${linked}${rest}}`;
}

/** A value is not mistaken for an attribute, or for anything else, when it is read back. */
function mayStandAlone(attribute: Attribute): boolean {
  if (attribute.kind === 'geo') return true;
  if (attribute.kind !== 'property') return false;
  const { value, valueType, unitCode, written } = attribute;
  if (valueType !== undefined || unitCode !== undefined || written !== undefined || value === null) return false;
  if (typeof value !== 'object') return true;
  const items: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return !items.some(
    (item) => typeof item === 'object' && item !== null && (isPlace(item) || Object.keys(item).some(isAttributeMember)),
  );
}

/** The payload as JSON text, names compacted. */
export function renderPayload(attribute: Attribute, { vocabulary }: Pick<EntityView, 'vocabulary'>): string {
  switch (attribute.kind) {
    case 'property':
      return JSON.stringify(shownValue(attribute));
    case 'geo':
      return JSON.stringify(attribute.geometry);
    case 'relationship':
      return JSON.stringify(eachOf(attribute.object, vocabulary.compactUri));
    case 'language':
      return JSON.stringify(attribute.languageMap);
    case 'vocab':
      return JSON.stringify(eachOf(attribute.vocab, vocabulary.compact));
    case 'json':
      return JSON.stringify(attribute.json);
    case 'list':
      return JSON.stringify(attribute.valueList);
    case 'listRelationship':
      return JSON.stringify(attribute.objectList.map(vocabulary.compactUri));
  }
}

function eachOf(texts: string | readonly string[], translate: (text: string) => string): string | readonly string[] {
  return typeof texts === 'string' ? translate(texts) : texts.map(translate);
}

/** What stands beside the payload, each with a comma before it. */
function renderRest(attribute: Attribute, rendering: AttributeRendering): string {
  const { view } = rendering;
  const { vocabulary } = view;
  let text = renderUnit(attribute);
  if (attribute.kind === 'property' && attribute.valueType !== undefined && attribute.written === undefined) {
    text += `,"valueType":${JSON.stringify(vocabulary.compact(attribute.valueType))}`;
  }
  if ('objectType' in attribute && attribute.objectType !== undefined) {
    text += `,"objectType":${JSON.stringify(eachOf(attribute.objectType, vocabulary.compact))}`;
  }
  if (attribute.datasetId !== undefined) text += `,"datasetId":${JSON.stringify(attribute.datasetId)}`;
  if (attribute.observedAt !== undefined) text += `,"observedAt":"${renderDateTime(attribute.observedAt)}"`;
  if (view.sysAttrs) text += renderSystemTimes(attribute);
  if (attribute.subAttributes === undefined) return text;
  const isConcise = view.representation === 'concise';
  for (const [name, sub] of attribute.subAttributes) {
    const key = keyOf(name, isAttributeMember, view);
    text += `,${key}:${renderInstance(sub, { view }, undefined, isConcise)}`;
  }
  return text;
}

function renderUnit(attribute: Attribute): string {
  const hasUnit = attribute.kind === 'property' || attribute.kind === 'list';
  return hasUnit && attribute.unitCode !== undefined ? `,"unitCode":${JSON.stringify(attribute.unitCode)}` : '';
}

/** With a comma before each. [LD 6.3.11] */
export function renderSystemTimes(of: { createdAt: number; modifiedAt: number; expiresAt?: number }): string {
  const expiry = of.expiresAt === undefined ? '' : `,"expiresAt":"${renderDateTime(of.expiresAt)}"`;
  return `,"createdAt":"${renderDateTime(of.createdAt)}","modifiedAt":"${renderDateTime(of.modifiedAt)}"${expiry}`;
}

/** With a comma before it. [LD 4.5.2] */
function renderPrevious({ datasetId }: Attribute, { previous, view }: AttributeRendering): string {
  const before = previous?.find((instance) => instance.datasetId === datasetId);
  return before === undefined ? '' : renderPreviousPayload(asNgsiLd(before), view);
}

/** What an attribute was, in the member that its kind has for that; with a comma before it. */
export function renderPreviousPayload(before: Attribute, view: Pick<EntityView, 'vocabulary'>): string {
  const member = payloadMembers[before.kind];
  return `,"previous${member.charAt(0).toUpperCase()}${member.slice(1)}":${renderPayload(before, view)}`;
}

/** A name as the key of a member; one that would be taken for something else is spelled out. */
export function keyOf(name: string, isReserved: (term: string) => boolean, { vocabulary }: EntityView): string {
  const term = vocabulary.compact(name);
  return JSON.stringify(isReserved(term) ? vocabulary.names.iriOf(name) : term);
}

/** A text in one language becomes a Property, which says in which. [LD 4.15] */
function inLanguage(attribute: Attribute, { lang }: EntityView): { attribute: Attribute; tag?: string } {
  if (attribute.kind !== 'language' || lang === undefined) return { attribute };
  const { languageMap, ...rest } = attribute;
  const tag = preferredTag(Object.keys(languageMap), lang);
  if (tag === undefined) return { attribute };
  return { attribute: { ...rest, kind: 'property', value: languageMap[tag] ?? null }, tag };
}

/** Linked entities as members of the attribute that links to them, each with a comma before it. [LD 4.5.23.2] */
function renderLinked(attribute: Attribute, { linked }: AttributeRendering, members: MemberTree | undefined): string {
  if (linked === undefined) return '';
  if (attribute.kind === 'relationship') {
    const { object } = attribute;
    if (typeof object === 'string') {
      const text = linked(object, members);
      return text === undefined ? '' : `,"entity":${text}`;
    }
    const texts = object.flatMap((uri) => linked(uri, members) ?? []);
    return texts.length === 0 ? '' : `,"entity":[${texts.join(',')}]`;
  }
  if (attribute.kind !== 'listRelationship') return '';
  const texts = attribute.objectList.flatMap((uri) => linked(uri, members) ?? []);
  return texts.length === 0 ? '' : `,"entityList":[${texts.join(',')}]`;
}

/** The bare value; by dataset, where there are any. [LD 4.5.4] */
function renderSimplified(
  instances: readonly Attribute[],
  rendering: AttributeRendering,
  members: MemberTree | undefined,
): string {
  const [only] = instances;
  if (instances.length === 1 && only?.datasetId === undefined && only !== undefined) {
    return renderBare(only, rendering, members);
  }
  const values = instances.map(
    (one) => `${JSON.stringify(one.datasetId ?? '@none')}:${renderBare(one, rendering, members)}`,
  );
  return `{"dataset":{${values.join(',')}}}`;
}

function renderBare(stored: Attribute, { view, linked }: AttributeRendering, members: MemberTree | undefined): string {
  const { attribute } = inLanguage(asNgsiLd(stored), view);
  const payload = renderPayload(attribute, view);
  switch (attribute.kind) {
    case 'language':
    case 'vocab':
    case 'json':
      return `{"${payloadMembers[attribute.kind]}":${payload}}`;
    case 'relationship': {
      const { object } = attribute;
      if (linked === undefined) return payload;
      const shown = (uri: string) => linked(uri, members) ?? JSON.stringify(view.vocabulary.compactUri(uri));
      return typeof object === 'string' ? shown(object) : `[${object.map(shown).join(',')}]`;
    }
    case 'listRelationship': {
      if (linked === undefined) return payload;
      const shown = (uri: string) => linked(uri, members) ?? JSON.stringify(view.vocabulary.compactUri(uri));
      return `[${attribute.objectList.map(shown).join(',')}]`;
    }
    default:
      return payload;
  }
}
