import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { Client } from 'undici';
import type { TenantName } from '../core/scope.ts';
import { ckanClient } from './push/ckan-client.ts';
import { pushDataset } from './push/push-dataset.ts';
import { PushStates } from './push/push-state.ts';
import { parseTenantArgument } from './tenant-argument.ts';

interface PublishFlags {
  readonly url: string;
  readonly service?: TenantName;
  readonly draft?: true;
  readonly withdraw?: true;
  readonly catalogue?: true;
  readonly toCkan?: string;
  readonly tokenFile?: string;
  readonly organization?: string;
  readonly state: string;
  readonly retries: number;
  readonly follow?: true;
}

/** `oriel publish`: datasets that files describe, for the public of a running broker that serves `/admin`. */
export function publishCommand(): Command {
  return new Command('publish')
    .description(
      'Publish datasets of a running broker, which must serve /admin; doing it again renews what is said of them.',
    )
    .argument('<dataset...>', 'files that describe datasets, or, with --withdraw, their ids')
    .option('--url <url>', 'the broker', 'http://127.0.0.1:1026')
    .option('--service <tenant>', 'tenant, as in Fiware-Service', parseTenantArgument)
    .option('--draft', 'store them without showing them to the public')
    .option('--withdraw', 'take datasets from the public and forget them; the entities stay')
    .option('--catalogue', 'the file describes the catalogue as a whole')
    .option('--to-ckan <url>', 'bring published datasets, named by their ids, into a CKAN of your own')
    .option('--token-file <file>', 'file that holds the API token for that CKAN')
    .option('--organization <name>', 'organization of that CKAN that new datasets belong to')
    .option('--state <file>', 'file that remembers how far that is', './oriel-ckan.json')
    .option('--retries <times>', 'how often a call is tried again when either side is busy or away', wholeNumber, 5)
    .option('--follow', 'go on, and bring changes over as they come')
    .action(async (datasets: string[], flags: PublishFlags) => {
      process.exitCode = await publish(datasets, flags);
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('A whole number is meant.');
  return Number(text);
}

async function publish(datasets: readonly string[], flags: PublishFlags): Promise<0 | 1> {
  try {
    if (flags.toCkan !== undefined) return await pushAll(datasets, flags.toCkan, flags);
    for (const dataset of datasets) process.stdout.write(`${await publishOne(dataset, flags)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`oriel publish: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

/** Brings datasets into a CKAN, at the same time where they are followed. A signal ends that. */
async function pushAll(datasets: readonly string[], ckan: string, flags: PublishFlags): Promise<0 | 1> {
  const broker = flags.url.replace(/\/+$/, '');
  const token = flags.tokenFile === undefined ? undefined : readFileSync(flags.tokenFile, 'utf8').trim();
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const shared = {
    broker,
    headers: flags.service === undefined ? {} : { 'fiware-service': flags.service },
    source: ckanClient({ url: broker, retries: flags.retries }),
    target: ckanClient({ url: ckan, retries: flags.retries, ...(token !== undefined && { token }) }),
    ckan,
    states: new PushStates(flags.state),
    follow: flags.follow === true,
    signal: stop.signal,
    say: (text: string) => void process.stdout.write(`${text}\n`),
    ...(flags.organization !== undefined && { organization: flags.organization }),
  };
  try {
    const push = async (id: string) => {
      const { view } = await send('GET', `/admin/datasets/${encodeURIComponent(id)}`, undefined, flags);
      const { types } = view as { readonly types: readonly string[] };
      await pushDataset(id, { ...shared, types });
    };
    if (shared.follow) await Promise.all(datasets.map(push));
    else for (const id of datasets) await push(id);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function publishOne(dataset: string, flags: PublishFlags): Promise<string> {
  if (flags.withdraw === true) {
    await send('DELETE', `/admin/datasets/${encodeURIComponent(dataset)}`, undefined, flags);
    return `${dataset}: withdrawn`;
  }
  const terms = readTerms(dataset);
  if (flags.catalogue === true) {
    await send('PUT', '/admin/catalogue', terms, flags);
    return `${dataset}: the catalogue is described so`;
  }
  const { id } = terms;
  if (typeof id !== 'string') throw new Error(`${dataset}: id is missing; it names the dataset in URLs`);
  await send('PUT', `/admin/datasets/${encodeURIComponent(id)}`, { ...terms, published: flags.draft !== true }, flags);
  return flags.draft === true
    ? `${id}: stored as a draft`
    : `${id}: published at ${flags.url.replace(/\/+$/, '')}/dataset/${id}`;
}

function readTerms(file: string): Record<string, unknown> {
  let terms: unknown;
  try {
    terms = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof terms !== 'object' || terms === null || Array.isArray(terms))
    throw new Error(`${file} holds no JSON object`);
  return terms as Record<string, unknown>;
}

/** Answers the body, an empty object where there is none. */
async function send(
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  body: object | undefined,
  flags: PublishFlags,
): Promise<Readonly<Record<string, unknown>>> {
  const { origin, pathname } = urlOf(flags.url);
  const client = new Client(origin);
  try {
    const { statusCode, body: answer } = await client.request({
      method,
      path: `${pathname.replace(/\/+$/, '')}${path}`,
      headers: {
        ...(flags.service !== undefined && { 'fiware-service': flags.service }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (statusCode < 200 || statusCode >= 300) throw new Error(explain(statusCode, text, flags.url));
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  } finally {
    await client.close();
  }
}

function urlOf(url: string): URL {
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new Error(`${url} is not the URL of a broker`);
  return new URL(url);
}

function explain(status: number, text: string, url: string): string {
  let said = text;
  try {
    const { description } = JSON.parse(text) as { description?: unknown };
    if (typeof description === 'string') said = description;
  } catch {
    // What a proxy says is told as it is.
  }
  if (status === 400 && said.startsWith('Service not found'))
    return `${url} does not serve /admin; start the broker with --admin on`;
  return `${status}: ${said}`;
}
