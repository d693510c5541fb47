import type { EntityViolations } from './model/violation.ts';
import type { ChangeOrigin } from './subscription/change-origin.ts';

/** A tenant (`Fiware-Service`, `NGSILD-Tenant`), lower case; `''` is the default tenant. */
export type TenantName = string & { readonly brand: 'TenantName' };

/** A path in the tree of scopes (`Fiware-ServicePath`, NGSI-LD scope): absolute, no trailing slash, `/` is the root. */
export type ScopePath = string;

/** Which scopes an operation sees: one path, or the path and everything below it (`/path/#`). */
export interface ScopePattern {
  readonly path: ScopePath;
  readonly subtree: boolean;
}

/** The root and everything below it: what a query without a service path sees. */
export const everyScope: ScopePattern = { path: '/', subtree: true };

/** Tells whether the pattern covers the path. */
export function scopeMatches(pattern: ScopePattern, path: ScopePath): boolean {
  if (!pattern.subtree) return path === pattern.path;
  return pattern.path === '/' || path === pattern.path || path.startsWith(`${pattern.path}/`);
}

/** Tells whether any pattern covers any of the paths; no pattern at all covers everything. */
export function scopesMatch(patterns: readonly ScopePattern[], paths: readonly ScopePath[]): boolean {
  if (patterns.length === 0) return true;
  for (const pattern of patterns) for (const path of paths) if (scopeMatches(pattern, path)) return true;
  return false;
}

/** Whose data a request is about, and which part of it; and what those hear of it whom its changes wake. */
export interface RequestScope extends ChangeOrigin {
  /** What reads and look-ups see. */
  readonly scopes: readonly ScopePattern[];
  /** Where new entities go; undefined when the request named several paths or a subtree. */
  readonly scope: ScopePath | undefined;
  /** Told, once they are stored, of entities that are not as their models have them, where the policy lets them pass. */
  readonly warned?: (warnings: readonly EntityViolations[]) => void;
  /** What it reads is to be as current as can be, at the price of asking the store. */
  readonly readsCurrent?: true;
  /** Nothing of it is to be forwarded. */
  readonly staysHere?: true;
}
