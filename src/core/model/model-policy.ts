import { type ScopePath, type ScopePattern, scopeMatches } from '../scope.ts';

/** What happens to an entity that is not as it should be: nothing, it is stored and told of, or it is refused. */
export const severities = ['off', 'warn', 'enforce'] as const;

export type Severity = (typeof severities)[number];

/** What is asked of the entities of a type, or of all, in a part of a tenant. */
export interface PolicyRule {
  readonly id: string;
  /** Absent: entities of every type that no other rule names. */
  readonly type?: string;
  readonly scope: ScopePattern;
  /** Entities that are not as their model has them. */
  readonly mode: Severity;
  /** Attributes that the model does not have. */
  readonly unknownAttributes: Severity;
  /** Entities of types that there is no model of. */
  readonly unknownTypes: Severity;
  /** Version of the model; absent: the highest that there is. */
  readonly version?: string;
}

/**
 * The one rule that holds for entities of a type in a scope; undefined where none does, so that nothing is asked of them.
 *
 * A rule that names the type goes before one that names none; then the longer path, then a path alone before a path with
 * all below it; of two that are alike, the one whose id comes first.
 */
export function ruleFor(rules: Iterable<PolicyRule>, type: string, scope: ScopePath): PolicyRule | undefined {
  let best: PolicyRule | undefined;
  for (const rule of rules) {
    if (rule.type !== undefined && rule.type !== type) continue;
    if (!scopeMatches(rule.scope, scope)) continue;
    if (best === undefined || goesBefore(rule, best)) best = rule;
  }
  return best;
}

function goesBefore(one: PolicyRule, other: PolicyRule): boolean {
  const [a, b] = [rankOf(one), rankOf(other)];
  for (const [place, rank] of a.entries()) {
    const difference = rank - (b[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return one.id < other.id;
}

function rankOf({ type, scope }: PolicyRule): readonly number[] {
  return [type === undefined ? 0 : 1, scope.path === '/' ? 0 : scope.path.split('/').length, scope.subtree ? 0 : 1];
}

/** Nothing is asked by such a rule. */
export function asksNothing({ mode, unknownAttributes, unknownTypes }: PolicyRule): boolean {
  return mode === 'off' && unknownAttributes === 'off' && unknownTypes === 'off';
}
