import { noScopes } from '../../core/change/patch-entity.ts';
import type { Attribute, AttributeInstances, Entity } from '../../core/entity/entity.ts';
import type { LdVocabulary } from './context/context-vocabulary.ts';
import type { EntityView } from './query/entity-view.ts';
import { shownInstances } from './render/render-attribute.ts';
import { asNgsiLd } from './render/shown-attribute.ts';

/** The minor number of a version of NGSI-LD before this one: 0 to 8, of 1.0 to 1.8. */
export type OlderVersion = number;

const own = 9;

/** The older version that `1.5` and its like name; undefined for this one, for later ones, and for what is no version. [LD 4.3.6.8] */
export function olderVersion(text: string | undefined): OlderVersion | undefined {
  const [, major, minor] = /^([0-9]{1,3})\.([0-9]{1,3})$/.exec(text ?? '') ?? [];
  if (major === undefined || Number(major) > 1) return undefined;
  const number = major === '0' ? 0 : Number(minor);
  return number < own ? number : undefined;
}

/** What answers conform to. */
export function versionName(version: OlderVersion | undefined): string {
  return `1.${version ?? own}`;
}

/**
 * An entity as an older version knows it: what that version lacks is left out, or said as what it had in its place. The same object where
 * nothing is. Instances that the view does not show are left out too, since they may no longer say which they are. [LD 4.3.6.8]
 */
export function inOlderVersion(version: OlderVersion, entity: Entity, view: EntityView): Entity {
  const { expiresAt, types, scopes, attributes, ...rest } = entity;
  const [type] = types;
  const shown = new Map<string, AttributeInstances>();
  for (const [name, instances] of attributes) {
    const [first, ...others] = instancesInOlderVersion(version, instances, view);
    if (first !== undefined) shown.set(name, [first, ...others]);
  }
  return {
    ...rest,
    types: version < 3 && type !== undefined ? [type] : types,
    scopes: version < 4 ? noScopes : scopes,
    attributes: shown,
  };
}

/** Those of an attribute that are shown; before 1.3 there is one of each. */
export function instancesInOlderVersion(
  version: OlderVersion,
  instances: readonly Attribute[],
  view: EntityView,
): readonly Attribute[] {
  const { vocabulary, lang } = view;
  const shown = shownInstances(instances, view);
  // The default instance stands first.
  const known = version < 3 ? shown.slice(0, 1) : shown;
  return known.map((instance) =>
    attributeInOlderVersion(version, instance, { vocabulary, inLanguage: lang !== undefined }),
  );
}

interface Showing {
  readonly vocabulary: LdVocabulary;
  /** Texts are shown in one language, as Properties. */
  readonly inLanguage: boolean;
}

function attributeInOlderVersion(version: OlderVersion, stored: Attribute, showing: Showing): Attribute {
  const {
    datasetId,
    observedAt,
    expiresAt: _,
    subAttributes,
    ...rest
  } = ofOlderKind(version, asNgsiLd(stored), showing);
  const subs = [...(subAttributes ?? [])].map(
    ([name, sub]) => [name, attributeInOlderVersion(version, sub, showing)] as const,
  );
  return {
    ...withoutNewMembers(version, rest),
    ...(version >= 3 && datasetId !== undefined && { datasetId }),
    ...(version >= 3 && observedAt !== undefined && { observedAt }),
    ...(subs.length > 0 && { subAttributes: new Map(subs) }),
  };
}

function withoutNewMembers<Kind extends Attribute>(version: OlderVersion, attribute: Kind): Kind {
  const known = { ...attribute } as Record<string, unknown>;
  delete known.valueType;
  if (version < 8) delete known.objectType;
  if (version < 3) delete known.unitCode;
  return known as unknown as Kind;
}

/** Kinds that came later are shown as the ones that there were. */
function ofOlderKind(version: OlderVersion, attribute: Attribute, { vocabulary, inLanguage }: Showing): Attribute {
  switch (attribute.kind) {
    case 'language': {
      if (version >= 4 || inLanguage) return attribute;
      const { languageMap, ...rest } = attribute;
      return { ...rest, kind: 'property', value: languageMap };
    }
    case 'vocab': {
      if (version >= 8) return attribute;
      const { vocab, ...rest } = attribute;
      return {
        ...rest,
        kind: 'property',
        value: typeof vocab === 'string' ? vocabulary.compact(vocab) : vocab.map(vocabulary.compact),
      };
    }
    case 'json': {
      if (version >= 8) return attribute;
      const { json, ...rest } = attribute;
      return { ...rest, kind: 'property', value: json };
    }
    case 'list': {
      if (version >= 8) return attribute;
      const { valueList, ...rest } = attribute;
      return { ...rest, kind: 'property', value: valueList };
    }
    case 'listRelationship': {
      if (version >= 8) return attribute;
      const { objectList, ...rest } = attribute;
      return { ...rest, kind: 'relationship', object: objectList };
    }
    default:
      return attribute;
  }
}
