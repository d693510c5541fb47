import { Command } from 'commander';
import { type Flags, unknownVariables } from '../config/config.ts';
import { describeOptions } from '../config/describe-options.ts';
import { readEnvironment } from '../config/env.ts';
import type { Config } from '../config/options.ts';
import { type RunningBroker, StartError, startBroker } from '../main.ts';
import { createLog, type Logger } from '../observe/log.ts';
import { readConfig } from './read-config.ts';

/** `oriel start`: runs a broker until a signal stops it. */
export function startCommand(): Command {
  const command = new Command('start')
    .description('Run the broker. Every option can also be set by the variable in brackets; a flag wins.')
    .action((flags: Flags) => start(flags));
  for (const { flag, variable, preset, expects, describes } of describeOptions()) {
    command.option(flag, `${describes}. Takes ${expects}. [${variable}, default ${preset}]`);
  }
  return command;
}

async function start(flags: Flags): Promise<void> {
  const config = readConfig(flags);
  const log = createLog(config.logLevel);
  for (const variable of unknownVariables(readEnvironment()))
    log.warn({ variable }, 'unknown variable, without effect');
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'a bug; the process ends, and what was acknowledged is stored');
    process.exit(1);
  });
  const stopped = new AbortController();
  stopOnSignal(log, startOrExit(config, log, stopped.signal), stopped);
}

async function startOrExit(config: Config, log: Logger, signal: AbortSignal): Promise<RunningBroker> {
  try {
    return await startBroker(config, log, signal);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    log.fatal(error.message);
    process.stderr.write(`oriel: ${error.message}\n`);
    process.exit(1);
  }
}

/** The first signal stops the broker in order, also while it starts; a second one ends the process at once. */
function stopOnSignal(log: Logger, starting: Promise<RunningBroker>, waiting: AbortController): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    waiting.abort();
    void starting.then(async (broker) => {
      try {
        await broker.stop();
        log.info('stopped');
        process.exit(0);
      } catch (error) {
        log.fatal({ err: error }, 'stopping failed');
        process.exit(1);
      }
    });
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
