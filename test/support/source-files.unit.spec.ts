import { circles } from './source-files';

describe('circles', () => {
  it('finds none in a graph whose arrows run one way', () => {
    expect(
      circles(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toEqual([]);
  });

  it('finds each, with its members', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', ['e']],
      ['e', ['d']],
    ]);
    expect(circles(graph)).toEqual([
      ['d', 'e'],
      ['a', 'b', 'c'],
    ]);
  });

  it('finds a file that imports itself', () => {
    expect(circles(new Map([['a', ['a']]]))).toEqual([['a']]);
  });
});
