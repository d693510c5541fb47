import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Report } from '../../broker/entities/apply-to.ts';
import { patchBatch } from '../../broker/entities/patch-batch.ts';
import type { BatchStep } from '../../broker/entities/patch-entity.ts';
import type { Mutation } from '../../core/change/mutation.ts';
import { invalidRequest, Refusal, type RefusalReason } from '../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { isUri } from '../../core/names/uri.ts';
import { coreNames, type KeptNames } from '../../dialects/ngsi-ld/context/kept-names.ts';
import { parseEntity, parseFragment, wholeOf } from '../../dialects/ngsi-ld/entities/parse-entity.ts';
import type { Reading } from '../../dialects/ngsi-ld/entities/reading.ts';
import { listIn, parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { renderProblem, wordProblem } from '../../dialects/ngsi-ld/word-problem.ts';
import { rawQueryOf } from '../request-query.ts';
import { sendPlainJson } from './answer.ts';
import { batchResultSchema, documentedLd, entitySchema, writeProblems } from './documentation.ts';
import { appendingMutation, isNoOverwrite, updatingMutation } from './entity-attributes.ts';
import { ldBatchRequest } from './ld-request.ts';
import type { LdService } from './service.ts';

/** One kind of batch: how an item becomes a step. */
interface BatchKind {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Which words `options` takes. */
  readonly options: readonly string[];
  readonly creates: boolean;
  readonly items: 'entities' | 'ids';
  /** What NGSI-LD Null may do. */
  readonly nulls: Reading['nulls'];
  step(body: JsonValue, reading: Reading, options: ReadonlySet<string>): BatchStep;
}

const kinds: readonly BatchKind[] = [
  {
    name: 'create',
    summary: 'Create many entities',
    description: 'Creates each; those that exist are left alone and reported.',
    options: [],
    creates: true,
    items: 'entities',
    nulls: 'none',
    step: (body, reading) => {
      const draft = parseEntity(body, reading);
      return { id: draft.id, draft };
    },
  },
  {
    name: 'upsert',
    summary: 'Create or update many entities',
    description: 'Creates each that is not there; one that is, it replaces or, with `options=update`, updates.',
    options: ['replace', 'update'],
    creates: true,
    items: 'entities',
    nulls: 'none',
    step: (body, reading, options) => {
      if (!options.has('update')) {
        const draft = parseEntity(body, reading);
        const { id, ...content } = draft;
        return { id, draft, mutation: { kind: 'replaceEntity', ...content } };
      }
      // What is there is updated, so null may take away; what is not there comes to be without it.
      const fragment = parseFragment(body, { vocabulary: reading.vocabulary, nulls: 'members' });
      const draft = wholeOf(fragment);
      return { id: draft.id, draft, mutation: updatingMutation(fragment) };
    },
  },
  {
    name: 'update',
    summary: 'Update many entities',
    description:
      'Adds attributes to each and replaces those that are there; with `options=noOverwrite` it leaves these alone.',
    options: ['noOverwrite'],
    creates: false,
    items: 'entities',
    nulls: 'members',
    step: (body, reading, options) => {
      const fragment = parseFragment(body, reading);
      return { id: idOf(fragment.id), mutation: appendingMutation(fragment, !options.has('noOverwrite')) };
    },
  },
  {
    name: 'merge',
    summary: 'Merge many entities',
    description: 'Merges each into the entity that is there, members of values included.',
    options: [],
    creates: false,
    items: 'entities',
    nulls: 'values',
    step: (body, reading) => {
      const { id, patches, types, scopes, expiresAt } = parseFragment(body, reading);
      const mutation: Mutation = {
        kind: 'patch',
        present: 'merge',
        absent: 'append',
        patches,
        types,
        ...(scopes !== undefined && { scopes: { manner: 'replace', scopes } }),
        ...(expiresAt !== undefined && { expiresAt }),
      };
      return { id: idOf(id), mutation };
    },
  },
  {
    name: 'delete',
    summary: 'Remove many entities',
    description: 'Removes the entities of the ids in the body.',
    options: [],
    creates: false,
    items: 'ids',
    nulls: 'none',
    step: (body) => {
      const id = isJsonObject(body) ? body.id : body;
      if (typeof id !== 'string' || !isUri(id))
        throw invalidRequest(`${JSON.stringify(body)} is no id of an entity: a URI`);
      return { id, mutation: 'remove' };
    },
  },
];

function idOf(id: string | undefined): string {
  if (id === undefined) throw invalidRequest('the entity has no id');
  return id;
}

/** `/ngsi-ld/v1/entityOperations/*`, the query apart [LD 6.14] [LD 6.15] [LD 6.16] [LD 6.17] [LD 6.31] */
export function batchRoutes(app: FastifyInstance, service: LdService): void {
  for (const kind of kinds) {
    app.post(`/entityOperations/${kind.name}`, { schema: documentationOf(kind) }, async (request, reply) => {
      const { broker, scope, items } = ldBatchRequest(request, service, { creates: kind.creates });
      const parameters = parseParameters(rawQueryOf(request), ['options', 'local']);
      const options =
        kind.name === 'update' && isNoOverwrite(parameters) ? ['noOverwrite'] : (listIn(parameters, 'options') ?? []);
      const other = options.find((option) => !kind.options.includes(option));
      if (other !== undefined)
        throw invalidRequest(`options: ${JSON.stringify(other)} is none of ${kind.options.join(', ') || 'none'}`);
      const chosen = new Set(options);
      const result = new BatchResult();
      const steps: BatchStep[] = [];
      let names = coreNames;
      for (const { body, context } of items) {
        try {
          const { vocabulary } = await context;
          names = vocabulary.names;
          steps.push(kind.step(body, { vocabulary, nulls: kind.nulls }, chosen));
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          result.refuse(idIn(body), error.reason);
        }
      }
      const outcomes = await patchBatch(broker, scope, steps);
      for (const [at, outcome] of outcomes.entries()) {
        const id = steps[at]?.id ?? '';
        if (outcome.kind === 'refused') result.refuse(id, outcome.reason);
        else result.note(id, outcome.result, names);
      }
      return result.send(reply, kind);
    });
  }
}

/** The id of an item that could not be read, as far as it can be told. */
function idIn(body: JsonValue): string {
  if (typeof body === 'string') return body;
  const id = isJsonObject(body) ? (body.id ?? body['@id']) : undefined;
  return typeof id === 'string' ? id : '';
}

/** What became of the entities of a batch. [LD 5.2.16] [LD 5.2.17] */
class BatchResult {
  readonly #created: string[] = [];
  readonly #success: string[] = [];
  readonly #errors: object[] = [];

  note(id: string, result: 'created' | Report, names: KeptNames): void {
    if (result === 'created') {
      this.#created.push(id);
      this.#success.push(id);
      return;
    }
    if (result.existing.length === 0) {
      this.#success.push(id);
      return;
    }
    const detail = `not overwritten: ${result.existing.map(names.iriOf).join(', ')}`;
    this.#errors.push({ entityId: id, error: errorOf({ kind: 'invalidRequest', description: detail }) });
  }

  refuse(id: string, reason: RefusalReason): void {
    this.#errors.push({ entityId: id, error: errorOf(reason) });
  }

  send(reply: FastifyReply, { name }: BatchKind): FastifyReply {
    if (this.#errors.length > 0) return sendPlainJson(reply, 207, { success: this.#success, errors: this.#errors });
    if (name === 'create') return sendPlainJson(reply, 201, this.#success);
    return this.#created.length > 0 ? sendPlainJson(reply, 201, this.#created) : reply.code(204).send();
  }
}

function errorOf(reason: RefusalReason): unknown {
  return JSON.parse(renderProblem(wordProblem(reason)));
}

function documentationOf({ name, summary, description, options, creates, items }: BatchKind) {
  return documentedLd({
    summary,
    description,
    tag: 'Batch operations',
    operationId: `${name}Batch`,
    query: options.length > 0 ? ['options', 'local'] : ['local'],
    body: Type.Array(items === 'ids' ? Type.String() : entitySchema),
    answers: {
      ...(creates && {
        201: {
          description: 'Ids of the entities that were created',
          schema: Type.Array(Type.String()),
          types: ['application/json'],
        },
      }),
      ...(name !== 'create' && { 204: { description: 'All was done, and nothing created' } }),
      207: { description: 'Part of it was done', schema: batchResultSchema, types: ['application/json'] },
    },
    problems: [...writeProblems, 403],
  });
}
