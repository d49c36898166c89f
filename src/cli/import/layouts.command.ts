import { Command } from 'commander';
import { CliError, ExitCode } from '../errors';

/** `tidemark import layouts [NAME]`: how the exports of shop systems are read. */
export function layoutsCommand(): Command {
  return new Command('layouts')
    .summary('list the layouts of order files')
    .description(
      'Lists the layouts that `tidemark import orders FILE --layout NAME` knows, and the headers that ' +
        'tell each; with a name, or the path of a YAML file, all that it says.',
    )
    .argument('[name]', 'a layout, or a YAML file of your own')
    .option('--json', 'as JSON')
    .action(run);
}

async function run(name: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const [{ builtInLayouts, layoutCalled }, { describeLayout, listLayouts }, { InputError }, { printJson }] =
    await Promise.all([
      import('../../ingest/layouts/catalogue.js'),
      import('./layout-text.js'),
      import('../../ingest/input-error.js'),
      import('../output.js'),
    ]);
  const { layoutAsJson } = await import('../../ingest/layouts/layout-json.js');
  if (name === undefined) {
    if (json) printJson(builtInLayouts().map(layoutAsJson));
    else process.stdout.write(listLayouts(builtInLayouts()));
    return;
  }
  const layout = await layoutCalled(name).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(error.message, ExitCode.usage);
  });
  if (json) printJson(layoutAsJson(layout));
  else process.stdout.write(describeLayout(layout));
}
