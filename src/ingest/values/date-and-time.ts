const FRACTION_OF_A_DAY = /^0?[.,]\d+$/;
const EXCEL_DAY = /^(\d{5})(?:[.,]0+)?$/;
const MIDNIGHT = /[ T]0?0:00(?::00(?:\.0+)?)?(?: AM)?$/i;

/**
 * The day and the time of day of two columns, and a zone of a third, as one text for a time reader. Excel's
 * days and fractions are added; a day that programs write with its midnight loses it.
 * @param zone `UTC`, `+01:00`, `Pacific Time (US & Canada)`; '' for none
 */
export function dateAndTime(date: string, time: string, zone = ''): string {
  if (date === '' || time === '') return zone === '' ? date : `${date} ${zone}`;
  const day = EXCEL_DAY.exec(date)?.[1];
  if (day !== undefined && FRACTION_OF_A_DAY.test(time)) return `${day}${time.replace(/^0/, '')}`;
  const parts = [date.replace(MIDNIGHT, ''), time, zone];
  return parts.filter((part) => part !== '').join(' ');
}
