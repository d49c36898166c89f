import { isExponentId } from './exponent-ids';

describe('an id that a spreadsheet rounded', () => {
  it.each(['1.12345E+11', '1.23E+11', '1,12345E+11', '5E+15', '1.00E+05'])('%s is one', (id) => {
    expect(isExponentId(id)).toBe(true);
  });

  it.each(['112345678901', 'E+11', '12.3E+11', '1.5e+11', '1E5', 'A1.2E+11', '1.2E-11', ''])(
    '%j is none',
    (id) => {
      expect(isExponentId(id)).toBe(false);
    },
  );
});
