import { InvalidArgumentError } from 'commander';
import type { TenantName } from '../core/scope.ts';

/** The value of `--tenant`: a tenant name as `Fiware-Service` takes it, folded to lower case. */
export function parseTenantArgument(text: string): TenantName {
  if (!/^[A-Za-z0-9_]{1,50}$/.test(text)) {
    throw new InvalidArgumentError('Letters, digits and _ are meant, at most 50.');
  }
  return text.toLowerCase() as TenantName;
}
