import { accessSync, constants } from 'node:fs';
import type { ConfigReader } from './config-reader';

const FORM =
  'give esdb://user:password@host:2113, esdb+discover:// for a cluster, and ?tls=false where the server ' +
  'has no certificate';
const HOST = String.raw`[\w.-]+(?::\d{1,5})?`;
const URL_FORM = new RegExp(
  String.raw`^esdb(?:\+discover)?://(?:[^:@/?\s]+:[^:@/?\s]+@)?${HOST}(?:,${HOST})*/?(?:\?(?<options>\S*))?$`,
);

/** What is wrong with an option's value; undefined when nothing is. */
type Check = (value: string) => string | undefined;

const isBoolean: Check = (value) => (/^(true|false)$/.test(value) ? undefined : 'give true or false');
const isMilliseconds: Check = (value) => (/^\d{1,9}$/.test(value) ? undefined : 'give whole milliseconds');
const isCount: Check = (value) => (/^\d{1,9}$/.test(value) ? undefined : 'give a whole number');
const isOneOf =
  (...allowed: string[]): Check =>
  (value) =>
    allowed.includes(value.toLowerCase()) ? undefined : `give one of ${allowed.join(', ')}`;

function isFile(value: string): string | undefined {
  const path = decodeURIComponent(value);
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return `the file cannot be read: ${(error as Error).message}`;
  }
}

/**
 * The client's options, by their names in lower case. Unknown options are refused here: the client would
 * print a warning with the whole URL, password included.
 */
const OPTIONS: Record<string, Check> = {
  tls: isBoolean,
  tlscafile: isFile,
  tlsverifycert: (value) =>
    value === 'true' ? undefined : 'certificates are always verified; give the authority as tlsCaFile',
  usercertfile: isFile,
  userkeyfile: isFile,
  connectionname: () => undefined,
  nodepreference: isOneOf('leader', 'follower', 'read_only_replica', 'random'),
  maxdiscoverattempts: isCount,
  discoveryinterval: isMilliseconds,
  gossiptimeout: isMilliseconds,
  defaultdeadline: isMilliseconds,
  keepaliveinterval: isMilliseconds,
  keepalivetimeout: isMilliseconds,
};

/** Reads EVENT_STORE_URL. No message repeats it, for it may hold a password. */
export function readEventStoreUrl({ value, report }: ConfigReader): string | undefined {
  const url = value('EVENT_STORE_URL');
  if (url === undefined) return undefined;
  const form = URL_FORM.exec(url);
  if (form === null) report(`EVENT_STORE_URL is not allowed: ${FORM}`);
  else
    for (const option of (form.groups?.options ?? '').split('&').filter((text) => text !== '')) {
      const problem = problemOf(option);
      if (problem !== undefined) report(`EVENT_STORE_URL ${problem}`);
    }
  return url;
}

/**
 * Reads EVENT_STORE_STREAM_PREFIX; '' where it is absent. A prefix ends with its only hyphen, so none is the
 * beginning of another: one store would else find the streams of another among its own.
 */
export function readStreamPrefix({ check }: ConfigReader): string {
  const parse = (text: string) => (/^[A-Za-z0-9._]{1,100}-$/.test(text) ? text : undefined);
  return (
    check(
      'EVENT_STORE_STREAM_PREFIX',
      parse,
      'give at most 100 letters, digits, dots and underscores, and a hyphen at the end, e.g. shop-',
    ) ?? ''
  );
}

function problemOf(option: string): string | undefined {
  const [name = '', value = ''] = option.split('=');
  const check = OPTIONS[name.toLowerCase().replace(/[_-]/g, '')];
  if (check === undefined) return `has the option ${name}, which does not exist or cannot be changed`;
  const problem = value === '' ? 'give a value' : check(value);
  return problem && `has ${name}=${value}: ${problem}`;
}

/** Where an event store is, for people to read: without password and options. */
export function withoutSecrets(eventStoreUrl: string): string {
  return eventStoreUrl.replace(/\?.*$/, '').replace(/:[^:@/]*@/, '@');
}
