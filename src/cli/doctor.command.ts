import { Command } from 'commander';
import type { Step } from '../runtime/shutdown';
import { ExitCode } from './errors';
import { interruptible } from './with-runtime';

/** `tidemark doctor`: looks at everything that Tidemark needs and says what is wrong with it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('check this installation')
    .description(
      'Checks Node, the configuration, the data folder, the database, the read models, ' +
        'the lake (where this process would have role exporter) and the warehouse. Exits with 1 when one ' +
        'fails.',
    )
    .option('--json', 'report as JSON')
    .action((options) => interruptible((_, undo) => doctor(options, undo)));
}

async function doctor({ json }: { json?: boolean }, undo: Step[]): Promise<void> {
  const [{ diagnose }, { printJson, printTable }] = await Promise.all([
    import('../runtime/diagnosis.js'),
    import('./output.js'),
  ]);
  const findings = await diagnose(undo);
  if (json) printJson(findings);
  else {
    printTable(findings.map(({ check, status, detail }) => ({ status, check, detail })));
    for (const { check, hint } of findings) if (hint) process.stdout.write(`\n${check}: ${hint}\n`);
  }
  if (findings.some(({ status }) => status === 'fail')) process.exitCode = ExitCode.failed;
}
