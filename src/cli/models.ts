import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { entitiesOf, type ModelBroker, submitModel } from '../models/broker-requests.ts';
import { SchemaDraft } from '../models/draft-schema.ts';
import { findModels } from '../models/find-models.ts';
import { ModelSourceError } from '../models/model-source-error.ts';

interface BrokerFlags {
  readonly url: string;
  readonly service?: string;
}

/** `oriel models`: data models of a running broker. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('Shared data models of a running broker.')
    .addCommand(addCommand())
    .addCommand(inferCommand());
}

function addCommand(): Command {
  return withBroker(new Command('add'))
    .description('Add data models to a tenant: official Smart Data Models as they are published, or your own.')
    .argument('<source...>', 'schema files, folders with schema.json or *.schema.json, or URLs')
    .option('--dry-run', 'only tell what would become of them')
    .option('--json', 'tell it as JSON, a line a model')
    .action(async (sources: string[], flags: BrokerFlags & { readonly dryRun?: true; readonly json?: true }) => {
      process.exitCode = await guarded('add', () => add(sources, flags));
    });
}

function inferCommand(): Command {
  return withBroker(new Command('infer'))
    .description('Draft a data model from the entities of a type that a tenant holds.')
    .requiredOption('--type <type>', 'entity type')
    .option('--service-path <path>', 'service path, as in Fiware-ServicePath')
    .option('--max <entities>', 'look at so many at most', Number, 100_000)
    .option('--out <file>', 'file to write; without it, the draft is printed')
    .action(async (flags: InferFlags) => {
      process.exitCode = await guarded('infer', () => infer(flags));
    });
}

function withBroker(command: Command): Command {
  return command
    .option('--url <url>', 'the broker', 'http://127.0.0.1:1026')
    .option('--service <tenant>', 'tenant, as in Fiware-Service');
}

/** 1 where a model was refused, or nothing could be done. What could not be used of a model is told, and no failure. */
async function add(
  sources: readonly string[],
  flags: BrokerFlags & { readonly dryRun?: true; readonly json?: true },
): Promise<0 | 1> {
  const dryRun = flags.dryRun === true;
  let taken = 0;
  let refused = 0;
  for (const source of sources) {
    for (const submission of await findModels(source)) {
      const { place } = submission;
      const outcome = await submitModel(brokerOf(flags), submission, dryRun);
      if (outcome.kind === 'taken') taken++;
      else refused++;
      const lines =
        flags.json === true
          ? [JSON.stringify({ place, ...(outcome.kind === 'taken' ? outcome.answer : { error: outcome.error }) })]
          : outcome.kind === 'taken'
            ? linesOf(place, outcome.answer)
            : [`${place}: refused: ${outcome.error}`];
      process.stdout.write(`${lines.join('\n')}\n`);
    }
  }
  if (flags.json !== true) {
    process.stdout.write(`${taken} ${dryRun ? 'could be added' : 'added'}, ${refused} refused\n`);
  }
  return refused > 0 ? 1 : 0;
}

function linesOf(
  place: string,
  { type, version, attributes, examples, notes, failing }: JsonObject,
): readonly string[] {
  const ofNotes = listOf(notes).map((note) => {
    const { pointer, document, note: text } = note as JsonObject;
    return `  ${document === undefined ? '' : `${document} `}${pointer === '' ? '/' : pointer}: ${text}`;
  });
  const ofExamples = listOf(failing).map((line) => `  example ${line}`);
  return [`${place}: ${type} ${version}, ${attributes} attributes, ${examples} examples`, ...ofNotes, ...ofExamples];
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

interface InferFlags extends BrokerFlags {
  readonly type: string;
  readonly servicePath?: string;
  readonly max: number;
  readonly out?: string;
}

async function infer({ type, servicePath, max, out, ...flags }: InferFlags): Promise<0 | 1> {
  const draft = new SchemaDraft(type);
  const broker = { ...brokerOf(flags), ...(servicePath !== undefined && { servicePath }) };
  for await (const entity of entitiesOf(broker, type)) {
    draft.add(entity);
    if (draft.entities >= max) break;
  }
  if (draft.entities === 0) throw new ModelSourceError(`${flags.url} has no entities of type ${type} there`);
  const text = `${JSON.stringify(draft.schema(), null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else {
    writeFileSync(out, text);
    process.stderr.write(`${out}: drafted from ${draft.entities} entities; read it before you add it\n`);
  }
  return 0;
}

function brokerOf({ url, service }: BrokerFlags): ModelBroker {
  return { url, ...(service !== undefined && { tenant: service }) };
}

async function guarded(name: string, run: () => Promise<0 | 1>): Promise<0 | 1> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ModelSourceError)) throw error;
    process.stderr.write(`oriel models ${name}: ${error.message}\n`);
    return 1;
  }
}
