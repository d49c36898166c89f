import fc from 'fast-check';
import { daysOf } from './date.dimension';

const day = (text: string, holidays: Parameters<typeof daysOf>[1] = []) =>
  daysOf(Number(text.slice(0, 4)), holidays).find(({ date }) => date === text);

describe('the days of dim_date', () => {
  it('know their month, quarter and weekday', () => {
    expect(day('2024-02-29')).toEqual({
      date_key: 20240229,
      date: '2024-02-29',
      year: 2024,
      quarter: 1,
      month: 2,
      month_name: 'February',
      month_start: '2024-02-01',
      day_of_month: 29,
      week: 9,
      week_year: 2024,
      day_of_week: 4,
      day_name: 'Thursday',
      is_weekend: false,
      is_holiday: false,
      holiday_name: null,
    });
    expect(day('2023-12-31')).toMatchObject({ quarter: 4, day_of_week: 7, is_weekend: true });
  });

  it('are in the ISO week of their Thursday', () => {
    expect(day('2021-01-03')).toMatchObject({ week: 53, week_year: 2020 });
    expect(day('2024-12-30')).toMatchObject({ week: 1, week_year: 2025 });
    expect(day('2026-12-31')).toMatchObject({ week: 53, week_year: 2026 });
  });

  it('are all days of the year, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1970, max: 2100 }), (year) => {
        const days = daysOf(year, []);
        const leap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
        expect(days.length).toBe(leap ? 366 : 365);
        expect(days.map((one) => one.date_key)).toEqual(
          [...new Set(days.map((one) => Number(one.date_key)))].sort((a, b) => a - b),
        );
        for (const one of days) {
          expect(one.day_of_week).toBe(new Date(String(one.date)).getUTCDay() || 7);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are holidays of one year or of every year', () => {
    const holidays = [
      { day: '12-25', name: 'Christmas Day' },
      { day: '2026-04-03', name: 'Good Friday' },
    ];
    expect(day('2026-12-25', holidays)).toMatchObject({ is_holiday: true, holiday_name: 'Christmas Day' });
    expect(day('2026-04-03', holidays)).toMatchObject({ is_holiday: true, holiday_name: 'Good Friday' });
    expect(day('2025-04-03', holidays)).toMatchObject({ is_holiday: false, holiday_name: null });
  });
});
