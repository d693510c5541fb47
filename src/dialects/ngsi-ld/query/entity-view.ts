import { invalidRequest } from '../../../core/errors.ts';
import { isUri } from '../../../core/names/uri.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';
import type { OlderVersion } from '../older-versions.ts';
import { type LanguagePreference, parseLanguagePreference } from './language-preference.ts';
import { type Options, parseOptions, type Representation } from './options.ts';
import { listIn, namesAny, numberIn, type Parameters } from './parameters.ts';
import { type MemberTree, noMembers, parseMemberTree, treeDepth } from './projection.ts';

/** What of an entity is shown, and how. */
export interface EntityView extends Options {
  readonly vocabulary: LdVocabulary;
  /** Only these members; absent: all. */
  readonly pick?: MemberTree;
  /** Not these. */
  readonly omit?: MemberTree;
  /** Only the instances of these datasets; `@none` is the default one. */
  readonly datasetIds?: ReadonlySet<string>;
  /** Texts in one language instead of maps. */
  readonly lang?: LanguagePreference;
  /** The linked entities that are shown too. */
  readonly join?: Join;
  /** As that version has it. [LD 4.3.6.8] */
  readonly version?: OlderVersion;
}

/** Linked entities: within those that link to them, or beside them. [LD 4.5.23] */
export interface Join {
  readonly manner: 'inline' | 'flat';
  readonly level: number;
  /** Entities that the client has already. */
  readonly containedBy: readonly string[];
}

/** Parameters of what is shown. */
export const viewParameters = [
  'format',
  'options',
  'attrs',
  'pick',
  'omit',
  'datasetId',
  'lang',
  'join',
  'joinLevel',
  'containedBy',
  'geometryProperty',
] as const;

/** Links in a row that are followed. */
export const mostLevels = 10;

/** What the parameters ask to be shown. [LD 5.7.1] [LD 5.7.2] */
export function parseView(parameters: Parameters, vocabulary: LdVocabulary): EntityView {
  if (!namesAny(parameters, choosing)) return wholeView(parseOptions(parameters), vocabulary);
  const attrs = parameters.get('attrs');
  const pick = parameters.get('pick');
  const omit = parameters.get('omit');
  if (attrs !== undefined && (pick !== undefined || omit !== undefined)) {
    throw invalidRequest('attrs is not given together with pick or omit');
  }
  const datasetIds = listIn(parameters, 'datasetId');
  for (const id of datasetIds ?? []) {
    if (id !== '@none' && !isUri(id)) throw invalidRequest(`datasetId: ${JSON.stringify(id)} is no URI, nor @none`);
  }
  const lang = parameters.get('lang');
  const join = parseJoin(parameters);
  const picked =
    pick !== undefined
      ? parseMemberTree('pick', pick, vocabulary)
      : attrs !== undefined
        ? withIdentity(parseAttributeTree(attrs, vocabulary))
        : undefined;
  const omitted = omit === undefined ? undefined : parseMemberTree('omit', omit, vocabulary);
  checkDepth(picked, join);
  checkDepth(omitted, join);
  return {
    ...parseOptions(parameters),
    vocabulary,
    ...(picked !== undefined && { pick: picked }),
    ...(omitted !== undefined && { omit: omitted }),
    ...(datasetIds !== undefined && { datasetIds: new Set(datasetIds) }),
    ...(lang !== undefined && { lang: parseLanguagePreference(lang) }),
    ...(join !== undefined && { join }),
  };
}

/** Parameters that leave something of an entity out, add to it, or say how a part of it is shown. */
const choosing: ReadonlySet<string> = new Set(viewParameters.filter((name) => name !== 'format' && name !== 'options'));

type WholeViews = Readonly<Record<Representation, EntityView>>;

const wholeViews = new WeakMap<LdVocabulary, { readonly plain: WholeViews; readonly withTimes: WholeViews }>();

/** All of an entity: what nearly everybody asks for, and the same view for everybody who does. */
function wholeView({ representation, sysAttrs }: Options, vocabulary: LdVocabulary): EntityView {
  let views = wholeViews.get(vocabulary);
  if (views === undefined) {
    views = { plain: viewsOf(vocabulary, false), withTimes: viewsOf(vocabulary, true) };
    wholeViews.set(vocabulary, views);
  }
  return (sysAttrs ? views.withTimes : views.plain)[representation];
}

function viewsOf(vocabulary: LdVocabulary, sysAttrs: boolean): WholeViews {
  const view = (representation: Representation): EntityView => ({ representation, sysAttrs, vocabulary });
  return { normalized: view('normalized'), concise: view('concise'), simplified: view('simplified') };
}

/** `attrs` names attributes alone. [LD 6.4.3.2] */
function parseAttributeTree(attrs: string, vocabulary: LdVocabulary): MemberTree {
  const tree = parseMemberTree('attrs', attrs, vocabulary);
  const own = ['id', 'type', 'scope'].find((name) => tree.has(name));
  if (own !== undefined) throw invalidRequest(`attrs: ${own} is no attribute; pick takes it`);
  return tree;
}

function withIdentity(tree: MemberTree): MemberTree {
  return new Map([...['id', 'type', 'scope'].map((name) => [name, noMembers] as const), ...tree]);
}

function parseJoin(parameters: Parameters): Join | undefined {
  const manner = parameters.get('join') ?? '@none';
  const level = numberIn(parameters, 'joinLevel', 1) ?? 1;
  if (level > mostLevels) throw invalidRequest(`joinLevel is ${level}, at most ${mostLevels} are followed`);
  const containedBy = listIn(parameters, 'containedBy') ?? [];
  if (manner === '@none') return undefined;
  if (manner !== 'inline' && manner !== 'flat') {
    throw invalidRequest(`join ${JSON.stringify(manner)} is none of inline, flat, @none`);
  }
  return { manner, level, containedBy };
}

function checkDepth(tree: MemberTree | undefined, join: Join | undefined): void {
  const depth = tree === undefined ? 0 : treeDepth(tree);
  if (depth > (join?.level ?? 0)) {
    throw invalidRequest(`members of linked entities are shown with join, and with a joinLevel of at least ${depth}`);
  }
}

/** A name for what the view shows of an entity by itself: the same for the same answer; undefined where it is not worth keeping. */
export function viewKey({
  representation,
  sysAttrs,
  pick,
  omit,
  datasetIds,
  lang,
  join,
  version,
}: EntityView): string | undefined {
  if (
    pick !== undefined ||
    omit !== undefined ||
    datasetIds !== undefined ||
    lang !== undefined ||
    join !== undefined ||
    version !== undefined
  ) {
    return undefined;
  }
  return `ld ${representation}${sysAttrs ? ' sysAttrs' : ''}`;
}
