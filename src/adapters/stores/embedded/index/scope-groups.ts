import { type ScopePath, type ScopePattern, scopesMatch } from '../../../../core/scope.ts';
import { listKey } from './list-key.ts';
import { ScopeGroup } from './shape-tree.ts';

/** Answers remembered; a tenant's applications ask for few different scopes. */
const mostAnswers = 64;

/** The scope groups of a partition, and which of them scope patterns cover. */
export class ScopeGroups {
  private readonly groups = new Map<string, ScopeGroup>();
  /** By patterns; forgotten when a group comes or goes. */
  private readonly answers = new Map<string, readonly ScopeGroup[] | 'all'>();
  private next = 0;

  values(): Iterable<ScopeGroup> {
    return this.groups.values();
  }

  /** The group of the entities in exactly these scopes; a new one if there are none. */
  of(scopes: readonly ScopePath[]): ScopeGroup {
    const key = listKey(scopes);
    let group = this.groups.get(key);
    if (group === undefined) {
      group = new ScopeGroup(this.next++, scopes);
      this.groups.set(key, group);
      this.answers.clear();
    }
    return group;
  }

  /** Forgets a group that has no entities left. */
  drop(group: ScopeGroup): void {
    this.groups.delete(listKey(group.scopes));
    this.answers.clear();
  }

  /** The groups that the patterns cover. Costs by groups when it is asked for the first time. */
  covered(patterns: readonly ScopePattern[]): readonly ScopeGroup[] | 'all' {
    if (patterns.length === 0 || patterns.some(({ path, subtree }) => subtree && path === '/')) return 'all';
    const key = patterns.map(({ path, subtree }) => (subtree ? `${path}/#` : path)).join();
    let answer = this.answers.get(key);
    if (answer === undefined) {
      const covered = [...this.groups.values()].filter(({ scopes }) => scopesMatch(patterns, scopes));
      answer = covered.length === this.groups.size ? 'all' : covered;
      if (this.answers.size >= mostAnswers) this.answers.clear();
      this.answers.set(key, answer);
    }
    return answer;
  }
}
