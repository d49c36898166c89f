import { Command, CommanderError } from 'commander';
import { endProcess, endWithItsReader } from '../runtime/shutdown';
import { programVersion } from '../runtime/version';
import { bridgeCommand } from './bridge.command';
import { demoCommand } from './demo.command';
import { doctorCommand } from './doctor.command';
import { ExitCode, Interrupted, reportError } from './errors';
import { exportCommand } from './export.command';
import { importCommand } from './import.command';
import { projectionsCommand } from './projections.command';
import { replayCommand } from './replay.command';
import { simulateCommand } from './simulate.command';
import { startCommand } from './start.command';
import { warehouseCommand } from './warehouse.command';

function program(): Command {
  const root = new Command('tidemark')
    .description('Orders in, live numbers out: an event-sourced order backend.')
    .version(programVersion(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed or a difference was found, 2 bad usage or configuration, ' +
        '3 some rows were rejected, 130 ended by Ctrl-C.',
    );
  const commands = [
    startCommand(),
    demoCommand(),
    importCommand(),
    simulateCommand(),
    replayCommand(),
    projectionsCommand(),
    bridgeCommand(),
    exportCommand(),
    warehouseCommand(),
    doctorCommand(),
  ];
  for (const command of commands) root.addCommand(command);
  throwOnUsageErrors(root);
  return root;
}

/** Commander would exit by itself, with 1 on a usage error. */
function throwOnUsageErrors(command: Command): void {
  command.exitOverride().showSuggestionAfterError(true).showHelpAfterError(false);
  for (const subcommand of command.commands) throwOnUsageErrors(subcommand);
}

async function main(): Promise<void> {
  try {
    await program().parseAsync();
  } catch (error) {
    // Commander has printed its message already.
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    else process.exitCode = reportError(error);
    // The work that was given up may still go on.
    if (error instanceof Interrupted) await endProcess();
  }
}

// Nobody else may read orders and customers: folders get mode 0700 and files 0600, whatever umask the shell
// has.
process.umask(0o077);
endWithItsReader(process.stdout);
endWithItsReader(process.stderr);
void main();
