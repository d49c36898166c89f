import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { ROOT } from './compose-file';

/** `tidemark` with all of its subcommands, as they are defined. */
function tidemark(): Command {
  const root = new Command('tidemark');
  const folder = join(ROOT, 'src/cli');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.command.ts'))) {
    const makers = Object.entries(require(join(folder, file))).filter(([name]) => name.endsWith('Command'));
    for (const [, make] of makers) root.addCommand((make as () => Command)());
  }
  return root;
}

/** Every command that can be run: its words, such as `export run`, and its long options. */
export function commandLines(): { words: string; options: string[] }[] {
  const below = (command: Command, words: string[]): { words: string; options: string[] }[] =>
    command.commands.length > 0
      ? command.commands.flatMap((each) => below(each, [...words, each.name()]))
      : [{ words: words.join(' '), options: command.options.flatMap(({ long }) => long ?? []) }];
  return below(tidemark(), []);
}

/**
 * What of `tidemark <args>` does not exist; empty for a command line that can be run. Values of options are
 * not looked at.
 */
export function unknownIn(args: readonly string[]): string[] {
  let command = tidemark();
  const unknown: string[] = [];
  for (const arg of args) {
    const next = command.commands.find((candidate) => candidate.name() === arg);
    if (next) command = next;
    else if (!command.options.some(({ short, long }) => arg === short || arg === long)) unknown.push(arg);
  }
  return command.commands.length > 0 ? [...unknown, 'its subcommand is missing'] : unknown;
}

/**
 * Why `tidemark <args>` is refused before it does anything; undefined when it would run. Placeholders such as
 * NAME count as what they stand for.
 */
export function refusalOf(args: readonly string[]): string | undefined {
  const root = tidemark();
  const said: string[] = [];
  let runs = false;
  const prepare = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: (text) => said.push(text) });
    if (command.commands.length === 0)
      command.action(() => {
        runs = true;
      });
    command.commands.forEach(prepare);
  };
  prepare(root);
  try {
    root.parse(args as string[], { from: 'user' });
  } catch (error) {
    said.push((error as Error).message);
  }
  return runs ? undefined : (said[0] ?? 'it does nothing').trim();
}

/** The arguments of every `bin/tidemark.js ...` in a command. */
export function tidemarkCalls(words: readonly string[]): string[][] {
  const shell = words[0] === 'CMD-SHELL' ? (words[1] ?? '').split('|') : [words.join(' ')];
  return shell
    .map((part) => part.trim().split(/\s+/))
    .filter((part) => part.includes('bin/tidemark.js'))
    .map((part) => part.slice(part.indexOf('bin/tidemark.js') + 1));
}
