import type { ScopePath, TenantName } from '../../core/scope.ts';

/** Whose groups and devices a request is about. */
export interface ProvisioningScope {
  readonly tenant: TenantName;
  /** Where new ones go, and the others are looked for. */
  readonly path: ScopePath;
  /** Of a list: those of every service path (`/*`). */
  readonly everyPath: boolean;
}

/** Tells whether something of a service path is in the scope. */
export function inProvisioningScope({ everyPath, path }: ProvisioningScope, own: ScopePath): boolean {
  return everyPath || own === path;
}
