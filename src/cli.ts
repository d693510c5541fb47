#!/usr/bin/env node
import { Command } from 'commander';
import { exportCommand } from './cli/export-command.ts';
import { importCommand } from './cli/import-command.ts';
import { loadCommand } from './cli/load.ts';
import { modelsCommand } from './cli/models.ts';
import { publishCommand } from './cli/publish.ts';
import { startCommand } from './cli/start.ts';
import { packageVersion } from './config/package-version.ts';

const program = new Command('oriel')
  .description('A context broker for cities: what is true now, where, and tell me when it changes.')
  .version(packageVersion)
  .showHelpAfterError()
  .addCommand(startCommand())
  .addCommand(loadCommand())
  .addCommand(publishCommand())
  .addCommand(modelsCommand())
  .addCommand(exportCommand())
  .addCommand(importCommand());

await program.parseAsync();
