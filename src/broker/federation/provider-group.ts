import type { EntitySelector } from '../../core/query/query.ts';
import type { Provider, Registration, RegistrationDialect } from '../../core/registration/registration.ts';
import { sharedSelector } from '../../core/registration/shared-selector.ts';
import type { ScopePath } from '../../core/scope.ts';

/** Registrations that are answered by asking one provider once. */
export interface ProviderGroup {
  readonly provider: Provider;
  readonly dialect: RegistrationDialect;
  readonly scope: ScopePath;
  /** At least one, in the order in which they came. */
  readonly registrations: readonly Registration[];
}

/** The registrations by whom to ask, those first whose first registration came first. [V2 registration] */
export function groupByProvider(registrations: readonly Registration[]): readonly ProviderGroup[] {
  const groups = new Map<string, Registration[]>();
  for (const registration of registrations) {
    const key = providerKey(registration);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [registration]);
    else group.push(registration);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Registration];
    return { provider: first.provider, dialect: first.dialect, scope: first.scope, registrations: group };
  });
}

/** The same for what is asked of one provider together. */
export function providerKey({
  dialect,
  scope,
  provider,
}: Pick<ProviderGroup, 'dialect' | 'scope' | 'provider'>): string {
  return JSON.stringify([dialect, scope, provider.target, provider.timeoutMs ?? null]);
}

/** How a provider is called where people read it: its address, or the name of its endpoint. */
export function nameOfProvider({ target }: Provider): string {
  return target.kind === 'url' ? target.url : target.name;
}

/** What to ask a provider for, of what was asked: entities that its registrations are about, without repetition. */
export function sharedSelectors(
  { registrations }: ProviderGroup,
  asked: readonly EntitySelector[],
): readonly EntitySelector[] {
  const shared = new Map<string, EntitySelector>();
  for (const { entities } of registrations) {
    for (const own of entities.length === 0 ? [{}] : entities) {
      for (const other of asked.length === 0 ? [{}] : asked) {
        const selector = sharedSelector(own, other);
        if (selector !== undefined) shared.set(keyOf(selector), selector);
      }
    }
  }
  return [...shared.values()];
}

function keyOf({ ids, idPattern, types, typePattern }: EntitySelector): string {
  return JSON.stringify([ids ?? null, idPattern?.source ?? null, types ?? null, typePattern?.source ?? null]);
}

/** Attributes to ask a provider for, of those that are needed; empty: all. */
export function sharedAttributes(
  { registrations }: ProviderGroup,
  needed: 'all' | readonly string[],
): readonly string[] {
  const isAny = registrations.some(({ attributes }) => attributes.length === 0);
  if (isAny) return needed === 'all' ? [] : needed;
  const own = new Set(registrations.flatMap(({ attributes }) => attributes));
  return needed === 'all' ? [...own] : [...own].filter((name) => needed.includes(name));
}
