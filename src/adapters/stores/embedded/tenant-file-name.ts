import type { TenantName } from '../../../core/scope.ts';

const extension = '.sqlite';
const defaultTenantFile = `tenant${extension}`;
const prefix = 'tenant-';

/**
 * The name of the file that keeps a tenant: `tenant.sqlite` for the default tenant, `tenant-NAME.sqlite` for the others.
 *
 * Safe on every file system, whatever the name: all but `a-z 0-9 _ -` is written as `%XX` of its UTF-8 bytes.
 */
export function tenantFileName(tenant: TenantName): string {
  if (tenant === '') return defaultTenantFile;
  let name = '';
  for (const byte of Buffer.from(tenant, 'utf8')) {
    const character = String.fromCharCode(byte);
    name += /[a-z0-9_-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return `${prefix}${name}${extension}`;
}

/** The tenant that a file of this name keeps, or undefined if it is not a tenant's. */
export function tenantOfFileName(fileName: string): TenantName | undefined {
  if (fileName === defaultTenantFile) return '' as TenantName;
  if (!fileName.startsWith(prefix) || !fileName.endsWith(extension)) return undefined;
  const escaped = fileName.slice(prefix.length, -extension.length);
  try {
    const tenant = decodeURIComponent(escaped) as TenantName;
    return tenant !== '' && tenantFileName(tenant) === fileName ? tenant : undefined;
  } catch {
    return undefined;
  }
}
