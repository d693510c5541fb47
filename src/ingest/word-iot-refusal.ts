import type { IotRefusalReason, MeasureProblem } from './iot-refusal.ts';

/** A refusal as clients of the provisioning API know errors. */
export interface WordedIotRefusal {
  readonly status: number;
  readonly name: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** The status, the name and the text of every refusal. [IoTA errors] */
export function wordIotRefusal(reason: IotRefusalReason): WordedIotRefusal {
  switch (reason.kind) {
    case 'wrongSyntax':
      return { status: 400, name: 'WRONG_SYNTAX', message: `Wrong syntax in request: ${reason.description}` };
    case 'missingParameters':
      return {
        status: 400,
        name: 'MISSING_ATTRIBUTES',
        message: `The request was not well formed: it must have the query parameters ${reason.names.join(' and ')}`,
      };
    case 'badTimestamp':
      return {
        status: 400,
        name: 'BAD_TIMESTAMP',
        message: `Invalid ISO8601 timestamp [${reason.text}]: write it as 2026-01-31T12:00:00Z`,
      };
    case 'observedInFuture':
      return {
        status: 400,
        name: 'BAD_TIMESTAMP',
        message: `Observed at ${reason.observed}, more than ${reason.limitSeconds} s in the future: set the clock of the device`,
      };
    case 'groupNotFound': {
      const where = reason.resource === undefined ? '' : ` on the resource ${reason.resource}`;
      return {
        status: 404,
        name: 'DEVICE_GROUP_NOT_FOUND',
        message: `No service group has the API key ${shortened(reason.apikey)}${where}: create one with POST /iot/services`,
      };
    }
    case 'groupExists':
      return {
        status: 409,
        name: 'DUPLICATE_GROUP',
        message: `A device configuration already exists for resource ${reason.resource} and API Key ${reason.apikey}`,
      };
    case 'deviceNotFound':
      return {
        status: 404,
        name: 'DEVICE_NOT_FOUND',
        message: `No device was found with id: ${shortened(reason.deviceId)}`,
      };
    case 'deviceExists':
      return {
        status: 409,
        name: 'DUPLICATE_DEVICE_ID',
        message: `A device with the same service, path and id was found: ${reason.deviceId}`,
      };
    case 'commandNotFound':
      return {
        status: 400,
        name: 'COMMAND_NOT_FOUND',
        message: `Couldn't update the command because no command with the name [${shortened(reason.command)}] was found.`,
      };
    case 'tooFast':
      return {
        status: 429,
        name: 'TOO_MANY_READINGS',
        message: `The device ${shortened(reason.deviceId)} sends more than ${reason.perSecond} messages a second`,
        retryAfterSeconds: reason.retryAfterSeconds,
      };
    case 'limitReached':
      return { status: 413, name: 'LIMIT_REACHED', message: `There may be at most ${reason.limit} ${reason.what}` };
    case 'measuresRefused':
      return {
        status: reason.stored ? 422 : 400,
        name: reason.stored ? 'PARTIAL_READING' : 'BAD_READING',
        message: `${reason.problems.map(worded).join('; ')}${reason.stored ? '. The other measures are stored' : ''}`,
      };
  }
}

function worded({ measure, problem }: MeasureProblem): string {
  return measure === undefined ? problem : `${measure}: ${problem}`;
}

/** What a client sent may be long, and is no use to it in full. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
