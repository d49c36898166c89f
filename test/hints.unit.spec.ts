import { join } from 'node:path';
import { refusalOf } from './deploy/support/command-line';
import { printedTexts } from './support/printed-texts';

const texts = printedTexts(join(__dirname, '../src'));

/** In backticks, or by itself at the end of a line. */
const COMMAND = /`(?:npx )?tidemark ([^`]*)`|\bnpx tidemark ([^\n`]*)/g;
/** Any mention of one. */
const MENTION =
  /\btidemark (?:start|demo|import|simulate|replay|projections|export|warehouse|bridge|doctor)\b/g;

const commands = texts.flatMap(({ file, text }) =>
  [...text.matchAll(COMMAND)].map(([, quoted, bare]) => ({ file, command: (quoted ?? bare ?? '').trim() })),
);

/** `...` stands for nothing more, and a value that is put in for one word. */
const wordsOf = (command: string): string[] => command.split(/\s+/).filter((word) => word !== '...');

describe('a command that the program names', () => {
  it('is found wherever it stands', () => {
    expect(commands.length).toBeGreaterThan(30);
    expect(commands.map(({ command }) => command)).toEqual(
      expect.arrayContaining([
        'start',
        'warehouse load',
        'replay --all',
        'simulate',
        'projections retry X --stream X',
      ]),
    );
  });

  it('stands in backticks or at the end of a line, so that it can be found', () => {
    const lost = texts.filter(({ text }) => {
      // The name of a connection.
      if (/^tidemark [\w ]+$/.test(text)) return false;
      const mentions = text.match(MENTION)?.length ?? 0;
      return mentions > [...text.matchAll(COMMAND)].length;
    });
    expect(lost).toEqual([]);
  });

  it('runs as it stands there', () => {
    const refused = commands.flatMap(({ file, command }) => {
      const refusal = refusalOf(wordsOf(command));
      return refusal === undefined ? [] : [{ file, command, refusal }];
    });
    expect(refused).toEqual([]);
  });

  it.each([
    ['projections status orders', /too many arguments/],
    ['projections retry', /missing required argument 'name'/],
    ['projections skip NAME STREAM', /required option '--reason <text>'/],
    ['replay --every', /unknown option '--every'/],
    ['rebuild', /unknown command 'rebuild'/],
    ['export', /.+/],
  ])('`%s` would be noticed', (command, refusal) => {
    expect(refusalOf(wordsOf(command))).toMatch(refusal);
  });
});
