import { flagOf, optionNamed, optionNames, variableOf } from './options.ts';

/** One option in words, for help and documentation. */
export interface OptionDescription {
  /** `--port <number>` */
  readonly flag: string;
  readonly variable: string;
  readonly preset: string;
  readonly expects: string;
  readonly describes: string;
}

/** Every option, in the order of the table. */
export function describeOptions(): readonly OptionDescription[] {
  return optionNames.map((name) => {
    const { kind, default: preset, describes } = optionNamed(name);
    return {
      flag: `${flagOf(name)} <${kind.placeholder}>`,
      variable: variableOf(name),
      preset: kind.render(preset),
      expects: kind.expects,
      describes,
    };
  });
}

/** The table of docs/configuration.md, in Markdown; a test pins the page to it. */
export function renderOptionsTable(): string {
  const rows = describeOptions().map(
    ({ flag, variable, preset, expects, describes }) =>
      `| \`${variable}\` | \`${flag.replaceAll('|', '\\|')}\` | \`${preset}\` | ${expects} | ${describes} |`,
  );
  return ['| variable | flag | default | takes | what it does |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}
