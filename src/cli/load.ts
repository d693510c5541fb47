import { Command, InvalidArgumentError } from 'commander';
import { type BrokerClient, BrokerError, createBrokerClient } from '../load/broker-client.ts';
import { createIssueReport, type IssueReport } from '../load/issue-report.ts';
import { loadMapping } from '../load/load-mapping.ts';
import { MappingError } from '../load/mapping-error.ts';
import { readMapping } from '../load/read-mapping.ts';
import { locateIn } from '../load/sources/locate-source.ts';
import { SourceError } from '../load/sources/source-error.ts';
import { createBar, createLines, type Progress, silence } from './load-progress.ts';
import { type LoadResult, renderSummary } from './render-load-summary.ts';

interface LoadFlags {
  readonly data: readonly string[];
  readonly url: string;
  readonly service?: string;
  readonly servicePath?: string;
  readonly batch: number;
  readonly concurrency: number;
  readonly retries: number;
  readonly dryRun?: true;
  readonly report?: string;
  readonly quiet?: true;
}

/** `oriel load`: open city data into a running broker, through its public API. */
export function loadCommand(): Command {
  return new Command('load')
    .description(
      'Bring open data (CSV, GeoJSON, GBFS, JSON) into a running broker; running it again updates what is there.',
    )
    .argument('<mapping...>', 'mapping files, run one after the other')
    .option('--data <place>', 'file, directory or URL where sources of the mappings are; may be repeated', collect, [])
    .option('--url <url>', 'the broker', 'http://127.0.0.1:1026')
    .option('--service <tenant>', 'tenant, as in Fiware-Service')
    .option('--service-path <path>', 'service path, as in Fiware-ServicePath')
    .option('--batch <entities>', 'entities in one request', positiveInteger, 100)
    .option('--concurrency <requests>', 'requests under way at once', positiveInteger, 4)
    .option(
      '--retries <times>',
      'how often a request is tried again when the broker is busy or away',
      positiveInteger,
      7,
    )
    .option('--dry-run', 'read and map, but send nothing')
    .option('--report <file>', 'write everything that was refused or left out to a file, a line of JSON each')
    .option('--quiet', 'show neither progress nor summary')
    .action(async (mappings: string[], flags: LoadFlags) => {
      process.exitCode = await load(mappings, flags);
    });
}

/** Bad rows are reported and the answer is 0 all the same; 1 where the load could not be carried through. */
async function load(mappingFiles: readonly string[], flags: LoadFlags): Promise<0 | 1> {
  let report: IssueReport;
  try {
    report = createIssueReport(flags.report);
  } catch (error) {
    process.stderr.write(
      `oriel load: the report cannot be written: ${error instanceof Error ? error.message : error}\n`,
    );
    return 1;
  }
  const results: LoadResult[] = [];
  let progress = flags.quiet === true ? silence : createLines('', process.stderr);
  let here = { title: '', entities: 0 };
  let client: BrokerClient | undefined;
  try {
    // All mappings are checked before the first is run.
    const mappings = await Promise.all(mappingFiles.map((file) => readMapping(file)));
    if (flags.dryRun !== true) {
      client = createBrokerClient({
        url: flags.url,
        ...(flags.service === undefined ? {} : { tenant: flags.service }),
        ...(flags.servicePath === undefined ? {} : { servicePath: flags.servicePath }),
        connections: flags.concurrency,
        retries: flags.retries,
        onRetry: (reason, waitMs) =>
          progress.note(`The broker does not answer as it should (${reason}); next try in ${waitMs} ms`),
      });
    }
    await client?.check();
    for (const runnable of mappings) {
      const { title, attribution } = runnable.mapping;
      progress = progressFor(title, flags);
      const { loaded } = progress;
      here = { title, entities: 0 };
      const outcome = await loadMapping(runnable, {
        locate: locateIn(flags.data, runnable.file),
        client,
        batch: flags.batch,
        concurrency: flags.concurrency,
        report: report.add,
        opened: progress.opened,
        advanced: progress.advanced,
        loaded(entities) {
          here.entities += entities;
          loaded(entities);
        },
      });
      progress.finish();
      results.push({ title, attribution, ...outcome });
    }
    return 0;
  } catch (error) {
    progress.finish();
    if (!(error instanceof MappingError || error instanceof SourceError || error instanceof BrokerError)) throw error;
    const place = here.title === '' ? '' : `${here.title}, after ${here.entities} entities: `;
    process.stderr.write(`oriel load: ${place}${error.message}\n`);
    return 1;
  } finally {
    report.close();
    if (flags.quiet !== true) process.stdout.write(renderSummary(results, report.groups(), flags.dryRun === true));
    await client?.close();
  }
}

function progressFor(title: string, flags: LoadFlags): Progress {
  if (flags.quiet === true) return silence;
  return process.stderr.isTTY ? createBar(title, process.stderr) : createLines(title, process.stderr);
}

function collect(place: string, places: readonly string[]): readonly string[] {
  return [...places, place];
}

function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('A whole number from 1 on is meant.');
  return number;
}
