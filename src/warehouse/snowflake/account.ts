/** Second parts of an account locator that are not a region. */
const NO_REGION = /^(privatelink|global|aws|azure|gcp)$/i;
const DOMAIN = /\.snowflakecomputing\.(?:com|cn|mil)(?::\d+)?$/i;

/**
 * Says what is wrong with an account identifier, and what to give instead.
 * @returns undefined when it looks like `myorg-myaccount`, or like a locator with its region, `xy12345.eu-
 *   central-1`
 */
export function accountProblem(text: string): string | undefined {
  const bare = text
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .replace(DOMAIN, '');
  if (bare !== text) {
    const instead = /^[\w.-]+$/.test(bare) ? `: ${bare}` : '';
    return `give the account identifier alone, without https:// and without .snowflakecomputing.com${instead}`;
  }
  const [first = '', second, ...more] = text.split('.');
  const parts = [first, ...(second === undefined ? [] : [second]), ...more];
  if (parts.length > 4 || !parts.every((part) => /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/.test(part)))
    return 'give ORGANISATION-ACCOUNT, such as myorg-myaccount; `SELECT CURRENT_ORGANIZATION_NAME(), CURRENT_ACCOUNT_NAME()` tells both';
  // A region always has a hyphen.
  if (second !== undefined && !second.includes('-') && !NO_REGION.test(second))
    return `between organisation and account stands a hyphen: ${first}-${second}`;
  return undefined;
}
