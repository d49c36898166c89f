import { monthOf, weekdayOf } from './month-names';

describe('the name of a month', () => {
  it.each([
    ['en-GB', 'January February March April May June July August September October November December'],
    ['de', 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'],
    ['fr', 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'],
    ['es', 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'],
    ['it', 'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre'],
    ['nl', 'januari februari maart april mei juni juli augustus september oktober november december'],
    ['pt', 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'],
    ['en, short', 'Jan Feb Mar Apr May Jun Jul Aug Sept. Oct NOV Dec.'],
    ['de, short', 'Jan. Feb. Mrz Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.'],
    ['fr, short', 'janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.'],
  ])('is known in %s', (_, names) => {
    expect(names.split(' ').map(monthOf)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('is none where it could be two, or nothing', () => {
    expect(['jui', 'ja', 'Foo', ''].map(monthOf)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

it('the name of a weekday is known in full and in short', () => {
  expect(['Sun', 'Monday', 'tues', 'Sat', 'Mo', 'Foo'].map(weekdayOf)).toEqual([
    0,
    1,
    2,
    6,
    undefined,
    undefined,
  ]);
});
