import { createHash } from 'node:crypto';
import type { TenantName } from '../../../../core/scope.ts';

/** Bytes that MongoDB lets the name of a database have. */
const maxBytes = 63;

/** What the names of all databases match that are those of tenants, as a regular expression; others may, too. */
export function ownDatabases(main: string): string {
  return `^${main.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}(-|$)`;
}

/**
 * The database of a tenant: that of the default tenant, a dash and the tenant's name, what is not `a-z 0-9 _ -` written `%XX`; too long
 * a name ends with a digest of itself. Which tenant a database belongs to is kept in the collection `tenants`.
 */
export function databaseNameOf(main: string, tenant: TenantName): string {
  if (tenant === '') return main;
  const escaped = Buffer.from(tenant)
    .toString('latin1')
    .replace(/[^a-z0-9_-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  const name = `${main}-${escaped}`;
  if (name.length <= maxBytes) return name;
  const digest = createHash('sha256').update(tenant).digest('hex').slice(0, 16);
  return `${name.slice(0, maxBytes - digest.length - 1)}~${digest}`;
}
