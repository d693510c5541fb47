import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { Client } from 'undici';
import type { TenantName } from '../core/scope.ts';
import { parseTenantArgument } from './tenant-argument.ts';

interface PublishFlags {
  readonly url: string;
  readonly service?: TenantName;
  readonly draft?: true;
  readonly withdraw?: true;
  readonly catalogue?: true;
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
    .action(async (datasets: string[], flags: PublishFlags) => {
      process.exitCode = await publish(datasets, flags);
    });
}

async function publish(datasets: readonly string[], flags: PublishFlags): Promise<0 | 1> {
  try {
    for (const dataset of datasets) process.stdout.write(`${await publishOne(dataset, flags)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`oriel publish: ${error instanceof Error ? error.message : error}\n`);
    return 1;
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

async function send(
  method: 'PUT' | 'DELETE',
  path: string,
  body: object | undefined,
  flags: PublishFlags,
): Promise<void> {
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
