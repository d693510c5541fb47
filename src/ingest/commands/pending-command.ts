import type { EpochMs } from '../../core/entity/entity.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import type { StoredDocument } from '../../ports/document-store.ts';

/** What a device was told and has not answered yet. */
export interface PendingCommand {
  readonly id: string;
  readonly tenant: TenantName;
  /** The device among the documents of its tenant (`deviceIdOf`). */
  readonly device: string;
  readonly name: string;
  readonly value: JsonValue;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** The device has it. */
  readonly delivered: boolean;
}

export function storedCommand({ id, tenant: _, ...document }: PendingCommand): StoredDocument {
  return { id, document: document satisfies JsonObject };
}

export function readCommand({ id, document }: StoredDocument, tenant: TenantName): PendingCommand {
  const { device, name, value = null, createdAt, expiresAt, delivered } = document;
  if (typeof device !== 'string' || typeof name !== 'string') throw new Error('it says not what, or to whom');
  if (typeof createdAt !== 'number' || typeof expiresAt !== 'number') throw new Error('it says not when');
  return { id, tenant, device, name, value, createdAt, expiresAt, delivered: delivered === true };
}
