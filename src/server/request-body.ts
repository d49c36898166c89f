import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ErrorCode } from '../graphql/errors';
import { decodeUtf8, parseJson } from './json';
import { Refusal } from './refusal';

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;
/** RFC 8259: JSON is UTF-8. */
const UTF8 = /^utf-?8$/i;
const JSON_PARAMETERS = new Set(['variables', 'extensions']);

/** Has the server take bodies of JSON in UTF-8 only. */
export function takeJson(app: FastifyInstance): void {
  app.removeContentTypeParser(['text/plain', 'application/json']);
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_: FastifyRequest, body: Buffer) => parseJson(decodeUtf8(body)),
  );
  app.addHook('preParsing', async ({ headers }) => {
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
    if (encoding !== 'identity') throw unsupported(`Content-Encoding ${encoding}: send the body as it is`);
    const charset = CHARSET.exec(type)?.[1];
    if (charset !== undefined && !UTF8.test(charset)) throw unsupported(`charset ${charset}: send UTF-8`);
  });
}

const unsupported = (what: string): Refusal =>
  new Refusal(415, ErrorCode.UNSUPPORTED_MEDIA_TYPE, `A body is not taken with ${what}`);

/**
 * Holds the query string of a GET to the rules for bodies.
 * @throws Refusal for one that is not UTF-8, or whose JSON would be refused as a body
 */
export async function checkSearch({ method, url }: FastifyRequest): Promise<void> {
  const start = url.indexOf('?');
  if (method === 'POST' || start < 0) return;
  for (const pair of url.slice(start + 1).split('&')) {
    const [name = '', value = ''] = pair.split('=', 2).map(decodeParameter);
    if (JSON_PARAMETERS.has(name) && value !== '') parseJson(value);
  }
}

function decodeParameter(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Refusal(400, ErrorCode.BAD_REQUEST, `The query string is not UTF-8: ${text.slice(0, 100)}`);
  }
}
