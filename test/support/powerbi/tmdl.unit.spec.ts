import { parseTmdl } from './tmdl';

const file = (...lines: string[]) => `${lines.join('\n')}\n`;

describe('the reader of TMDL', () => {
  it('reads objects, properties, descriptions and expressions of one and of several lines', () => {
    const [table] = parseTmdl(
      file(
        '/// What there is.',
        "table 'A table'",
        '\tlineageTag: 1',
        '',
        '\tmeasure Two = 1 + 1',
        '\t\tformatString: #,0',
        '',
        "\tmeasure 'It''s much' =",
        '\t\t\tVAR x = 1',
        '\t\t\tRETURN',
        '\t\t\t    x',
        '\t\tformatString: 0',
        '',
        '\tpartition P = m',
        '\t\tmode: import',
        '\t\tsource =',
        '\t\t\t\tlet',
        '\t\t\t\t    A = 1',
      ),
    );
    expect(table).toMatchObject({ kind: 'table', name: 'A table', doc: ['What there is.'] });
    const [two, much, partition] = table?.children ?? [];
    expect(two).toMatchObject({
      name: 'Two',
      value: '1 + 1',
      properties: new Map([['formatString', '#,0']]),
    });
    expect(much).toMatchObject({ name: "It's much", value: 'VAR x = 1\nRETURN\n    x' });
    expect(much?.properties.get('formatString')).toBe('0');
    expect(partition?.properties.get('source')).toBe('let\n    A = 1');
  });

  it.each([
    ['indentation by blanks', ['table T', '  lineageTag: 1'], /^Line 2 has blanks/],
    ['a level too many', ['table T', '\t\tlineageTag: 1'], /^Line 2 is no property/],
    ['a name that needs quotes', ['table A table'], /^Line 1 is no property/],
    ['quotes for nothing', ["table 'T'"], /quoted for nothing/],
    [
      'a description without an object',
      ['table T', '\t/// Doc', '\tlineageTag: 1'],
      /^Line 3 has a description/,
    ],
    ['a description apart from its object', ['/// Doc', '', 'table T'], /^Line 2 parts/],
    ['a column of a file', ['column C'], /^Line 1 is in a file/],
    ['a property twice', ['table T', '\tlineageTag: 1', '\tlineageTag: 2'], /^Line 3 is there twice/],
    ['a property behind children', ['table T', '\tcolumn C', '', '\tlineageTag: 1'], /^Line 4 is/],
    ['an expression that is missing', ['table T', '\tmeasure M =', '\t\tformatString: 0'], /^Line 2 begins/],
  ])('refuses %s', (_, lines, message) => {
    expect(() => parseTmdl(file(...lines))).toThrow(message);
  });
});
