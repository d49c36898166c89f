import { minorDigits } from '../../../domain/currencies';
import { settings } from '../../../lake/datasets/settings.dataset';
import { BadRowError } from './bad-row-error';
import { rowsFor } from './rows-for';

export const settingsRows = rowsFor(settings, (event) => {
  const { reportingCurrency, timeZone } = event.data;
  const digits = minorDigits(reportingCurrency);
  if (digits === undefined) throw new BadRowError(`${reportingCurrency} is no currency`);
  return [
    {
      reporting_currency: reportingCurrency,
      reporting_digits: digits,
      time_zone: timeZone,
      configured_at: event.occurredAt,
      position: event.position,
    },
  ];
});
