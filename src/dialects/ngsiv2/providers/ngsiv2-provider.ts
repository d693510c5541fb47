import type { BatchAction } from '../../../core/change/batch-action.ts';
import type { EntityDraft } from '../../../core/change/entity-draft.ts';
import type { WriteOptions } from '../../../core/change/mutation.ts';
import type { Question } from '../../../core/registration/question.ts';
import type { Provider } from '../../../core/registration/registration.ts';
import { judgeUpdate } from './judge-update.ts';
import { type AnswerDefaults, parseAnswer } from './parse-answer.ts';
import { providerRequest, type RequestOrigin } from './provider-request.ts';
import { renderQuestion } from './render-question.ts';
import { renderUpdate } from './render-update.ts';

interface ProviderUpdate {
  readonly action: BatchAction;
  readonly drafts: readonly EntityDraft[];
  readonly options: Pick<WriteOptions, 'overrideMetadata' | 'forced'>;
}

/**
 * How providers are spoken to that were registered in NGSIv2: `POST {url}/op/query` and `POST {url}/op/update`, with the tenant,
 * the path, the correlator and the token of the request. [V2 registration provider] [V2 batch operations]
 */
export function ngsiv2Provider(userAgent: string) {
  return {
    renderQuestion(question: Question, provider: Provider, origin: RequestOrigin) {
      const { body, parameters, ordered } = renderQuestion(question);
      return { message: providerRequest('op/query', parameters, body, provider, origin, userAgent), ordered };
    },

    parseAnswer(body: string, header: (name: string) => string | undefined, defaults: AnswerDefaults) {
      const count = header('fiware-total-count');
      const total = count !== undefined && /^\d{1,15}$/.test(count) ? Number(count) : undefined;
      return { ...parseAnswer(body, defaults), ...(total !== undefined && { total }) };
    },

    renderUpdate({ action, drafts, options }: ProviderUpdate, provider: Provider, origin: RequestOrigin) {
      const words = [
        ...(options.overrideMetadata ? ['overrideMetadata'] : []),
        ...(options.forced ? ['forcedUpdate'] : []),
      ];
      const parameters = words.length === 0 ? '' : `options=${words.join(',')}`;
      return providerRequest('op/update', parameters, renderUpdate(action, drafts), provider, origin, userAgent);
    },

    judgeUpdate,
  };
}
