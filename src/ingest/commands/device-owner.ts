import type { Wanted } from '../../broker/federation/wanted.ts';
import type { AttributeOwner, ClaimedPart } from '../../broker/owners/attribute-owner.ts';
import type { BatchAction } from '../../core/change/batch-action.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import type { AttributeWrite } from '../../core/change/mutation.ts';
import { type Attribute, jsonValueOf } from '../../core/entity/entity.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import { invalidRequest, Refusal } from '../../core/errors.ts';
import { type RequestScope, scopesMatch } from '../../core/scope.ts';
import type { Ingest } from '../ingest.ts';
import { type DeviceProfile, profileOf } from '../profile/device-profile.ts';
import { type Device, deviceIdOf } from '../registry/device.ts';
import type { Delivery } from './delivery.ts';
import type { LazyReading } from './lazy-reading.ts';
import type { PendingCommand } from './pending-command.ts';
import { reportCommands } from './report-commands.ts';

/** Commands that a device may have before it has answered. */
const maxPending = 100;
/** How long a device has for a command where nothing else is said. */
const defaultExpirySeconds = 86_400;

/**
 * Devices as the owners of their commands, which are never stored as attributes, and of their lazy attributes, which are stored
 * when they answer. [IoTA command execution]
 */
export class DeviceOwner implements AttributeOwner {
  readonly #ingest: Ingest;
  readonly #delivery: Delivery;
  readonly #lazy: LazyReading;

  constructor(ingest: Ingest, delivery: Delivery, lazy: LazyReading) {
    this.#ingest = ingest;
    this.#delivery = delivery;
    this.#lazy = lazy;
  }

  claim(scope: RequestScope, action: BatchAction, draft: EntityDraft): ClaimedPart | undefined {
    if (action !== 'update' && action !== 'append') return undefined;
    const found = this.#deviceOf(scope, {
      id: draft.id,
      ...(draft.types[0] !== undefined && { type: draft.types[0] }),
    });
    if (found === undefined) return undefined;
    const { commands } = found.profile.definitions;
    const isCommand = ({ name }: AttributeWrite) => commands.some((command) => command.name === name);
    const claimed = draft.writes.filter(isCommand);
    if (claimed.length === 0) return undefined;
    const writes = draft.writes.filter((write) => !isCommand(write));
    const isEmpty = writes.length === 0 && draft.expiresAt === undefined;
    return { rest: isEmpty ? undefined : { ...draft, writes }, take: () => this.#accept(found, claimed) };
  }

  refresh(scope: RequestScope, ref: EntityRef, { attributes }: Wanted): Promise<void> | undefined {
    const found = this.#deviceOf(scope, ref);
    if (found === undefined) return undefined;
    const asked = found.profile.definitions.lazy.filter(
      ({ name }) => attributes === 'all' || attributes.length === 0 || attributes.includes(name),
    );
    return asked.length === 0 ? undefined : this.#lazy.read(found.device, found.profile, asked);
  }

  #deviceOf(scope: RequestScope, ref: EntityRef) {
    const { registry } = this.#ingest;
    for (const device of registry.devicesOfEntity(scope.tenant, ref.id)) {
      if (!scopesMatch(scope.scopes, [device.path])) continue;
      const profile = profileOf(device, registry.groupOf(device));
      if (ref.type === undefined || ref.type === profile.entityType) return { device, profile };
    }
    return undefined;
  }

  /** Durable first, then on its way: what was acknowledged is told to the device, or expires. */
  async #accept(
    { device, profile }: { readonly device: Device; readonly profile: DeviceProfile },
    writes: readonly AttributeWrite[],
  ): Promise<void> {
    const { broker, commands } = this.#ingest;
    const now = broker.clock.now();
    const id = deviceIdOf(device);
    if (commands.of(device.tenant, id).length + writes.length > maxPending) {
      throw new Refusal({ kind: 'limitReached', what: 'commands that a device has not answered', limit: maxPending });
    }
    const expirySeconds = profile.definitions.commandExpirySeconds ?? defaultExpirySeconds;
    const pending = writes.map(({ name, content }): PendingCommand => {
      if (content.kind === 'operation') throw invalidRequest(`${name} is a command: it takes a value, no operator`);
      return {
        id: broker.random.newId(),
        tenant: device.tenant,
        device: id,
        name,
        value: jsonValueOf(content as Attribute),
        createdAt: now,
        expiresAt: now + expirySeconds * 1000,
        delivered: false,
      };
    });
    await commands.put(device.tenant, pending);
    await reportCommands(
      this.#ingest,
      device,
      profile,
      pending.map(({ name }) => ({ name, status: 'PENDING' })),
    );
    this.#delivery.wake(device);
  }
}
