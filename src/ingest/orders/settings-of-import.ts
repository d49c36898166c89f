import type { CommandContext } from '../../commands';
import { createCommandContext, SettingsConflictError } from '../../commands';
import { minorDigits } from '../../domain/currencies';
import { InputError } from '../input-error';
import type { ImportPlan } from './plan';

export interface SettingsOptions {
  /** IANA name: the zone of times that name none; default: the store's */
  timeZone?: string;
  /** ISO 4217, for a store that has none yet */
  reportingCurrency?: string;
}

export interface KnownSettings {
  timeZone: ImportPlan['timeZone'];
  /** null: the store has none yet, and nobody has named one */
  reportingCurrency: ImportPlan['reportingCurrency'];
}

/**
 * The settings that hold for an import.
 * @param configured of the program
 * @throws InputError when an option contradicts what is stored
 */
export async function settingsOfImport(
  store: CommandContext['store'],
  options: SettingsOptions,
  configured: { reportingCurrency?: string; timeZone?: string } = {},
): Promise<KnownSettings> {
  const wanted = options.reportingCurrency;
  if (wanted !== undefined && minorDigits(wanted) === undefined)
    throw new InputError(`--reporting-currency ${wanted} is no ISO 4217 currency code such as EUR`);
  const settings = { ...configured, ...(wanted === undefined ? {} : { reportingCurrency: wanted }) };
  const stored = await createCommandContext({ ...settings, store })
    .settings.stored()
    .catch((error: unknown) => {
      throw error instanceof SettingsConflictError ? new InputError(error.message) : error;
    });
  return {
    timeZone: zoneOf(options.timeZone, stored?.timeZone, configured.timeZone),
    reportingCurrency: currencyOf(wanted, stored?.reportingCurrency, configured.reportingCurrency),
  };
}

function zoneOf(
  option: string | undefined,
  stored: string | undefined,
  configured: string | undefined,
): ImportPlan['timeZone'] {
  if (option !== undefined) return { name: option, from: 'option' };
  if (stored !== undefined) return { name: stored, from: 'store' };
  if (configured !== undefined) return { name: configured, from: 'configuration' };
  return { name: 'UTC', from: 'default' };
}

function currencyOf(
  option: string | undefined,
  stored: string | undefined,
  configured: string | undefined,
): ImportPlan['reportingCurrency'] {
  if (stored !== undefined) return { code: stored, from: 'store' };
  if (option !== undefined) return { code: option, from: 'option' };
  return configured === undefined ? null : { code: configured, from: 'configuration' };
}

/**
 * A store takes its reporting currency from its first order, for ever. Where the file has one currency, it
 * can be no other.
 * @param currencies that the file names, and its default
 * @throws InputError where it has several
 */
export function currencyOfFile(currencies: ReadonlySet<string>): ImportPlan['reportingCurrency'] {
  const known = [...currencies].filter((code) => minorDigits(code) !== undefined).sort();
  if (known.length > 1)
    throw new InputError(
      `The file has orders in ${known.join(', ')}, and the store has no reporting currency yet. ` +
        'Which one do its totals count in? Every exchange_rate of the file says what one unit of the ' +
        `order's currency is worth in it. Give --reporting-currency ${known[0]}, for instance, or set ` +
        'REPORTING_CURRENCY; it can never be changed.',
    );
  return known[0] === undefined ? null : { code: known[0], from: 'file' };
}
