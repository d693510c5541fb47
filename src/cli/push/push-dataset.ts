import { setTimeout as sleep } from 'node:timers/promises';
import { type ChangeStreamOptions, changeStream, subscribeToChanges } from './change-stream.ts';
import { type CkanClient, CkanRefusal } from './ckan-client.ts';
import type { PushStates } from './push-state.ts';

/** Rows in one call. */
const chunkRows = 500;

/** Notifications that the broker keeps for who was away: as many and more may have been lost. */
const keptNotifications = 1000;

/** How long a push that does not follow waits for another change, in milliseconds. */
const quietMs = 2000;

export interface PushOptions {
  /** The broker, whose public routes are read. */
  readonly broker: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly source: CkanClient;
  readonly target: CkanClient;
  /** The CKAN, as the state names it. */
  readonly ckan: string;
  readonly organization?: string;
  readonly states: PushStates;
  /** Types of the entities of the dataset. */
  readonly types: readonly string[];
  /** Whether to go on after what there is. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  say(text: string): void;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Brings a dataset into a CKAN: its package, a resource for each way to get it, and its rows into the DataStore. The first time
 * all rows are copied; after that only what a subscription tells of. Whatever fails can be done again: rows are put by their
 * id, and how far it is, is remembered once the CKAN has it.
 */
export async function pushDataset(id: string, options: PushOptions): Promise<void> {
  const { broker, headers, states, ckan, types, signal, say } = options;
  const { resourceId, url } = await pushPackage(id, options);
  const before = states.get(ckan, id);
  const stream: ChangeStreamOptions = { url: broker, headers, subscription: `oriel-ckan-${id}`, signal };
  await subscribeToChanges(stream, types);
  if (before?.resourceId !== resourceId || before.position === undefined) {
    states.set(ckan, id, { resourceId });
    // Where the stream is before the first row is read: what changes meanwhile is told afterwards.
    const position = await positionNow(stream);
    const rows = await copyRows(id, resourceId, options);
    states.set(ckan, id, { resourceId, position });
    say(`${id}: copied ${rows} rows to ${url}`);
  }
  await followChanges(id, resourceId, stream, options);
}

/** Creates or renews package and resources; answers the table for the rows. */
async function pushPackage(
  id: string,
  { source, target, organization, say }: PushOptions,
): Promise<{ resourceId: string; url: string }> {
  const own = (await source.call('package_show', { id })) as Values & {
    readonly resources: readonly Values[];
    readonly tags: readonly Values[];
  };
  const wanted = {
    name: own.name,
    title: own.title,
    notes: own.notes,
    url: own.url,
    author: own.author,
    maintainer: own.maintainer,
    maintainer_email: own.maintainer_email,
    license_id: own.license_id,
    tags: own.tags.map(({ name }) => ({ name })),
    extras: own.extras,
    ...(organization !== undefined && { owner_org: organization }),
  };
  const there = await found(target, 'package_show', { id });
  const made = (
    there === undefined
      ? await target.call('package_create', wanted)
      : await target.call('package_patch', { id: there.id, ...wanted })
  ) as Values & { readonly resources?: readonly Values[] };
  say(`${id}: ${there === undefined ? 'created' : 'renewed'}`);
  const resources = made.resources ?? [];
  for (const { name, description, format, mimetype, url, hash, size } of own.resources) {
    const resource = { name, description, format, mimetype, url, hash, size };
    const same = resources.find((one) => one.url === url);
    if (same === undefined) await target.call('resource_create', { package_id: made.id, ...resource });
    else if (Object.entries(resource).some(([key, value]) => (same[key] ?? '') !== (value ?? ''))) {
      await target.call('resource_patch', { id: same.id, ...resource });
    }
  }
  const urls = new Set(own.resources.map(({ url }) => url));
  const ours = String(own.url);
  for (const { id: resource, url } of resources) {
    // Snapshots that are no longer kept; what others added stays.
    if (String(url).startsWith(`${ours}/`) && !urls.has(url)) await target.call('resource_delete', { id: resource });
  }
  const tableName = `${id} (DataStore)`;
  const table = resources.find(({ name }) => name === tableName);
  const fields = await fieldsOf(id, source);
  const { resource_id: resourceId } = (await target.call('datastore_create', {
    ...(table === undefined
      ? { resource: { package_id: made.id, name: tableName, format: 'CSV' } }
      : { resource_id: table.id }),
    fields,
    primary_key: ['id'],
    force: true,
  })) as { readonly resource_id: string };
  return { resourceId, url: `package ${String(made.name)}` };
}

async function found(target: CkanClient, action: string, parameters: object): Promise<Values | undefined> {
  try {
    return (await target.call(action, parameters)) as Values;
  } catch (error) {
    if (error instanceof CkanRefusal && error.type === 'Not Found Error') return undefined;
    throw error;
  }
}

async function fieldsOf(id: string, source: CkanClient): Promise<readonly { id: string; type: string }[]> {
  const { fields } = (await source.call('datastore_info', { id })) as {
    readonly fields: readonly { id: string; type: string }[];
  };
  return fields.map((field) => ({ id: field.id, type: field.type }));
}

async function positionNow(stream: ChangeStreamOptions): Promise<string> {
  const abort = new AbortController();
  try {
    for await (const { position } of changeStream({ ...stream, signal: abort.signal })) return position;
  } finally {
    abort.abort();
  }
  throw new Error('the stream of changes has no beginning');
}

/** Puts every row, then removes rows that are no longer; answers how many there are. */
async function copyRows(id: string, resourceId: string, { source, target, signal }: PushOptions): Promise<number> {
  const ids = new Set<string>();
  for (let offset = 0; ; offset += chunkRows) {
    signal.throwIfAborted();
    const records = await recordsOf(source, { resource_id: id, limit: chunkRows, offset });
    if (records.length === 0) break;
    for (const record of records) ids.add(String(record.id));
    await target.call('datastore_upsert', {
      resource_id: resourceId,
      method: 'upsert',
      force: true,
      records: records.map(withoutPlace),
    });
  }
  const gone: string[] = [];
  for (let offset = 0; ; offset += chunkRows) {
    const records = await recordsOf(target, {
      resource_id: resourceId,
      fields: ['id'],
      limit: chunkRows,
      offset,
      sort: 'id',
    });
    gone.push(...records.map((record) => String(record.id)).filter((one) => !ids.has(one)));
    if (records.length < chunkRows) break;
  }
  await removeRows(target, resourceId, gone);
  return ids.size;
}

async function recordsOf(client: CkanClient, parameters: object): Promise<readonly Values[]> {
  return (
    (await client.call('datastore_search', { ...parameters, include_total: false })) as {
      readonly records: readonly Values[];
    }
  ).records;
}

/** A row without its place in the order of creation, which the other table has of its own. */
function withoutPlace({ _id, ...row }: Values): Values {
  return row;
}

async function removeRows(target: CkanClient, resourceId: string, ids: readonly string[]): Promise<void> {
  for (const id of ids)
    await target.call('datastore_delete', { resource_id: resourceId, force: true, filters: { id } });
}

/** Takes over what changes, and remembers each time how far it is. Ends when it is quiet, or never. */
async function followChanges(
  id: string,
  resourceId: string,
  stream: ChangeStreamOptions,
  options: PushOptions,
): Promise<void> {
  const { states, ckan, source, target, follow, signal, say } = options;
  let told = 0;
  for (;;) {
    const position = states.get(ckan, id)?.position;
    const quiet = new AbortController();
    const events = changeStream({
      ...stream,
      ...(position !== undefined && { position }),
      signal: AbortSignal.any([signal, quiet.signal]),
    })[Symbol.asyncIterator]();
    let next = events.next();
    try {
      for (;;) {
        const event = follow ? await next : await Promise.race([next, sleep(quietMs).then(() => undefined)]);
        if (event === undefined || event.done === true) break;
        next = events.next();
        if (event.value.kind === 'position') continue;
        await takeOver(event.value.ids);
        told += 1;
        states.set(ckan, id, { resourceId, position: event.value.position });
        if (position !== undefined && told === keptNotifications) {
          say(`${id}: more changed than the broker keeps; all rows are copied again`);
          await copyRows(id, resourceId, options);
        }
      }
    } catch (error) {
      if (signal.aborted || !follow) throw error;
      say(`${id}: ${error instanceof Error ? error.message : error}; trying again`);
      await sleep(quietMs, undefined, { signal });
    } finally {
      quiet.abort();
      next.catch(() => undefined);
    }
    if (!follow) break;
  }
  say(`${id}: took over ${told} changes`);

  async function takeOver(ids: readonly string[]): Promise<void> {
    const records = await recordsOf(source, { resource_id: id, filters: { id: ids }, limit: ids.length * 10 });
    const there = new Set(records.map((record) => String(record.id)));
    if (records.length > 0)
      await target.call('datastore_upsert', {
        resource_id: resourceId,
        method: 'upsert',
        force: true,
        records: records.map(withoutPlace),
      });
    await removeRows(
      target,
      resourceId,
      ids.filter((one) => !there.has(one)),
    );
  }
}
