import type { EntityRef } from '../../core/entity/entity-ref.ts';
import type { Violation } from '../../core/model/violation.ts';
import type { Query } from '../../core/query/query.ts';
import type { RequestScope, ScopePath } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';

/** Which entities are looked at, and what of them is told. */
export interface ReportSelection {
  /** Empty: all. */
  readonly types: readonly string[];
  /** Violations of these rules only; empty: of all. */
  readonly rules: readonly string[];
}

/** A line of the report: an entity that is not as its model has it, or, at the end, what was found in all. */
export type ReportLine =
  | {
      readonly kind: 'entity';
      readonly entity: EntityRef;
      readonly scope: ScopePath;
      readonly violations: readonly Violation[];
    }
  | { readonly kind: 'summary'; readonly summary: ReportSummary };

export interface ReportSummary {
  /** Entities that there is a model of, or that the policy asks to have one. */
  readonly checked: number;
  readonly violating: number;
  /** Entities of types that there is no model of. */
  readonly withoutModel: number;
  /** Most frequent first. */
  readonly byRule: readonly RuleCount[];
}

/** What went wrong in the same way. */
export interface RuleCount {
  readonly model: string;
  /** Places in lists are `*`. */
  readonly path: string;
  readonly rule: string;
  readonly entities: number;
  /** Ids of the first of them. */
  readonly examples: readonly string[];
}

/** Entities that are looked at between two chances for others. */
const pageSize = 200;

/** Ways of going wrong that are told apart, and examples of each. */
const maxGroups = 1000;
const maxExamples = 3;

/**
 * Looks at the entities that are stored, under the model that the policy takes, whatever its mode; in the order of creation.
 * Attributes and types that there is no model of are reported where the policy asks for them.
 *
 * Memory: by one page, and the ways of going wrong. Entities that change meanwhile are seen in one state or the other.
 * Refuses as the store does.
 */
export async function* reportViolations(
  broker: Broker,
  { tenant, scopes }: RequestScope,
  { types, rules }: ReportSelection,
): AsyncGenerator<ReportLine> {
  const { entities } = broker.stores.tenant(tenant);
  const query: Query = {
    selectors: types.length === 0 ? [] : [{ types }],
    scopes,
    order: [],
    offset: 0,
    limit: pageSize,
    count: false,
  };
  const groups = new Map<string, Omit<RuleCount, 'entities' | 'examples'> & { entities: number; examples: string[] }>();
  let checked = 0;
  let violating = 0;
  let withoutModel = 0;
  let page = await entities.find(query);
  for (;;) {
    // What is in force may change while a long report is read.
    const models = broker.models.of(tenant);
    for (const { entity } of page.records) {
      const found = models.inspect(entity);
      if (found === undefined) {
        withoutModel++;
        continue;
      }
      checked++;
      const violations = rules.length === 0 ? found : found.filter(({ rule }) => rules.includes(rule));
      if (violations.length === 0) continue;
      violating++;
      count(entity.id, violations);
      const [[type], [scope = '/']] = [entity.types, entity.scopes];
      yield { kind: 'entity', entity: { id: entity.id, ...(type !== undefined && { type }) }, scope, violations };
    }
    if (page.next === undefined) break;
    page = await entities.find({ ...query, after: page.next });
  }
  const byRule = [...groups.values()].sort((one, other) => other.entities - one.entities);
  yield { kind: 'summary', summary: { checked, violating, withoutModel, byRule } };

  function count(id: string, violations: readonly Violation[]): void {
    const keys = new Set<string>();
    for (const { model = '', rule, path } of violations) {
      const place = path.replaceAll(/\/\d+(?=\/|$)/g, '/*');
      const key = `${model} ${rule} ${place}`;
      if (keys.has(key)) continue;
      keys.add(key);
      let group = groups.get(key);
      if (group === undefined) {
        if (groups.size >= maxGroups) continue;
        group = { model, path: place, rule, entities: 0, examples: [] };
        groups.set(key, group);
      }
      group.entities++;
      if (group.examples.length < maxExamples) group.examples.push(id);
    }
  }
}
