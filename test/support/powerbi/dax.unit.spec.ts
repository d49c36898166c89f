import { daxReferences } from './dax';

describe('the reader of DAX', () => {
  it('finds the columns, tables, measures and functions that an expression names', () => {
    const expression = `VAR First = MIN('T'[A column])
RETURN
    IF(COUNTROWS('T') >= 2 && NOT ISBLANK([M]), First, "a (b")`;
    expect(daxReferences(expression)).toEqual({
      columns: [{ table: 'T', column: 'A column' }],
      tables: ['T'],
      measures: ['M'],
      functions: ['MIN', 'IF', 'COUNTROWS', 'ISBLANK'],
    });
  });

  it.each([
    ['SUM([M]', /parenthesis too few/],
    ['SUM([M]))', /parenthesis too many/],
    ['Second + 1', /Neither function nor variable: Second/],
    ['1 ; 2', /Not DAX/],
  ])('refuses %s', (expression, message) => {
    expect(() => daxReferences(expression)).toThrow(message);
  });
});
