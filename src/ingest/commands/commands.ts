import { KnownDocuments } from '../../broker/documents/known-documents.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import type { JsonValue } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import { Multimap } from '../../core/subscription/multimap.ts';
import type { Log } from '../../ports/log.ts';
import type { Stores } from '../../ports/stores.ts';
import { type PendingCommand, readCommand, storedCommand } from './pending-command.ts';

/** What devices of all tenants were told and have not answered, durably, and in step with the stores. */
export class Commands {
  readonly #stores: Stores;
  readonly #known: KnownDocuments<PendingCommand>;
  readonly #byDevice = new Multimap<string, PendingCommand>();
  /** What was removed last: nobody may put it back who still has it in hand. */
  readonly #gone = new Set<string>();

  constructor(stores: Stores, log: Log) {
    this.#stores = stores;
    this.#known = new KnownDocuments(stores, 'command', readCommand, log, {
      put: (tenant, _id, command, before) => {
        if (before !== undefined) this.#byDevice.delete(keyOf(tenant, before.device), before);
        this.#byDevice.add(keyOf(tenant, command.device), command);
      },
      removed: (tenant, _id, command) => this.#byDevice.delete(keyOf(tenant, command.device), command),
    });
  }

  async load(): Promise<void> {
    await this.#known.load();
  }

  /** What a device has not answered, the oldest first. */
  of(tenant: TenantName, device: string): readonly PendingCommand[] {
    return [...this.#byDevice.get(keyOf(tenant, device))].toSorted((a, b) => a.createdAt - b.createdAt);
  }

  /** The devices that were not told yet what they are to be. */
  undelivered(): readonly PendingCommand[] {
    return this.#all().filter(({ delivered }) => !delivered);
  }

  /** Those whose time is up. */
  expiredBy(now: EpochMs): readonly PendingCommand[] {
    return this.#all().filter(({ expiresAt }) => expiresAt <= now);
  }

  get isEmpty(): boolean {
    return this.#byDevice.isEmpty;
  }

  /** Resolves once they are durable. Those that were removed meanwhile are passed over. */
  async put(tenant: TenantName, commands: readonly PendingCommand[]): Promise<void> {
    const documents = commands.filter(({ id }) => !this.#gone.has(id)).map(storedCommand);
    if (documents.length > 0) await this.#stores.tenant(tenant).documents('command').put(documents);
  }

  /** Resolves once that is durable. */
  async remove(tenant: TenantName, commands: readonly PendingCommand[]): Promise<void> {
    for (const { id } of commands) this.#gone.add(id);
    for (const id of this.#gone) {
      if (this.#gone.size <= remembered) break;
      this.#gone.delete(id);
    }
    await this.#stores
      .tenant(tenant)
      .documents('command')
      .remove(commands.map(({ id }) => id));
  }

  #all(): readonly PendingCommand[] {
    return this.#known.tenants().flatMap((tenant) => [...this.#known.of(tenant).values()]);
  }
}

/** Commands that are remembered to have been removed: far more than are in anybody's hands. */
const remembered = 10_000;

function keyOf(tenant: TenantName, device: string): string {
  return `${tenant} ${device}`;
}

/** How a command stands, as its `_status` attribute says. */
export type CommandStatus = 'PENDING' | 'DELIVERED' | 'OK' | 'ERROR' | 'EXPIRED';

/** A command and how it stands now. */
export interface CommandReport {
  readonly name: string;
  readonly status: CommandStatus;
  /** What the device, or who could not tell it, says of that. */
  readonly info?: JsonValue;
}
