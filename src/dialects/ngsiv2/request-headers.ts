import { invalidRequest } from '../../core/errors.ts';
import { everyScope, type ScopePath, type ScopePattern, type TenantName } from '../../core/scope.ts';

const maxTenantLength = 50;
const maxPaths = 10;
const maxLevels = 10;
const maxLevelLength = 50;
const word = /^[A-Za-z0-9_]*$/;

/** Whom a request is about, as scopes: what it sees, and the one place where it writes if it names one. */
export interface ServicePath {
  readonly scopes: readonly ScopePattern[];
  readonly scope: ScopePath | undefined;
}

const defaultTenant = '' as TenantName;

/** The tenant of a request from its `Fiware-Service` header, folded to lower case; without one, the default tenant. [V2 multi tenancy] */
export function parseTenant(header: string | undefined): TenantName {
  if (header === undefined) return defaultTenant;
  const name = header;
  if (name.length > maxTenantLength) {
    throw invalidRequest(`bad length - a tenant name can be max ${maxTenantLength} characters long`);
  }
  if (!word.test(name)) {
    throw invalidRequest('bad character in tenant name - only underscore and alphanumeric characters are allowed');
  }
  return name.toLowerCase() as TenantName;
}

/**
 * Reads the `Fiware-ServicePath` header: up to ten absolute paths for a query, `/#` at the end of one meaning all below it;
 * exactly one without `#` for what writes. Without the header a query sees everything and a write goes to the root.
 * [V2 service path]
 */
export function parseServicePath(header: string | undefined, purpose: 'query' | 'create' | 'update'): ServicePath {
  if (header === undefined && purpose === 'query') return everything;
  const texts = (header ?? '').split(',').map((text) => text.trim());
  const paths = texts.length === 1 && texts[0] === '' ? [] : texts;
  if (paths.length > maxPaths) {
    throw invalidRequest('too many service paths - a maximum of ten service paths is allowed');
  }
  const patterns = paths.map(parsePath);
  if (purpose === 'query') return queryScopes(patterns);
  if (patterns.length > 1) throw invalidRequest('more than one service path in context update request');
  const [pattern = { path: '/', subtree: false }] = patterns;
  if (pattern.subtree) throw invalidRequest('a component of ServicePath contains an illegal character');
  return { scopes: [pattern], scope: pattern.path };
}

const everything: ServicePath = { scopes: [everyScope], scope: undefined };

function queryScopes(patterns: readonly ScopePattern[]): ServicePath {
  if (patterns.length === 0) return everything;
  const [only] = patterns;
  return { scopes: patterns, scope: patterns.length === 1 && only?.subtree === false ? only.path : undefined };
}

function parsePath(text: string): ScopePattern {
  // One of several that is empty says nothing of where: the default.
  if (text === '') return everyScope;
  if (!text.startsWith('/')) {
    throw invalidRequest('Only /absolute/ Service Paths allowed [a service path must begin with /]');
  }
  const levels = withoutTrailingSlashes(text).split('/').slice(1);
  if (levels.length === 1 && levels[0] === '') return { path: '/', subtree: false };
  if (levels.length > maxLevels) throw invalidRequest('too many components in ServicePath');
  const subtree = levels.at(-1) === '#';
  const named = subtree ? levels.slice(0, -1) : levels;
  for (const level of named) {
    if (level.length > maxLevelLength) throw invalidRequest('component-name too long in ServicePath');
    if (!word.test(level)) throw invalidRequest('a component of ServicePath contains an illegal character');
  }
  return { path: `/${named.join('/')}`, subtree };
}

function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (end > 1 && text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
