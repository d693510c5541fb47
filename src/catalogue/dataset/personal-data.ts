import type { TenantName } from '../../core/scope.ts';

/** What the data models of a tenant say of attributes that tell of people. */
export interface PersonalDataMarks {
  /** By attribute, or by attribute and member joined by a dot: the model that marks it. Of any of the types. */
  marksOf(tenant: TenantName, types: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** For a broker that keeps no data models: nothing is marked. */
export const noMarks: PersonalDataMarks = { marksOf: async () => new Map() };
