import { CatalogError } from './errors';
import { formatJson, parseJson } from './lossless-json';

export interface RestCatalogOptions {
  /** such as `https://catalog.example.com/iceberg`, without `/v1` */
  uri: string;
  /** name of the warehouse in a catalog that has several */
  warehouse?: string;
  /** bearer token */
  token?: string;
  /** milliseconds for one request, default 30,000 */
  timeoutMs?: number;
}

/** `lost`: there was no answer, or the answer does not say whether anything was done. */
export type RestAnswer = { status: number; body: unknown } | { status: 'lost'; reason: string };

const TIMEOUT_MS = 30_000;
const FIRST_SERVER_ERROR = 500;
const TOO_MANY_REQUESTS = 429;
const REQUEST_TIMEOUT = 408;

/** Requests of Iceberg's REST catalog protocol. */
export class RestClient {
  private prefix: string | undefined;

  constructor(private readonly options: RestCatalogOptions) {}

  /**
   * @param path below the catalog's prefix, such as `namespaces/shop/tables`
   * @throws CatalogError when the catalog refuses access
   */
  async request(method: 'GET' | 'POST', path: string, body?: object): Promise<RestAnswer> {
    if (this.prefix === undefined) {
      const answer = await this.send('GET', `config${this.warehouseQuery()}`);
      if (answer.status !== 200) {
        return answer.status === 'lost' ? answer : { status: 'lost', reason: say(answer) };
      }
      this.prefix = prefixOf(answer.body);
    }
    return this.send(method, this.prefix + path, body);
  }

  private async send(method: string, path: string, body?: object): Promise<RestAnswer> {
    const { uri, token, timeoutMs = TIMEOUT_MS } = this.options;
    try {
      const response = await fetch(`${uri.replace(/\/+$/, '')}/v1/${path}`, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: formatJson(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      return this.judge(response.status, text);
    } catch (error) {
      if (error instanceof CatalogError) throw error;
      return { status: 'lost', reason: causeOf(error as Error) };
    }
  }

  private judge(status: number, text: string): RestAnswer {
    if (status === 401 || status === 403) {
      throw new CatalogError(`Catalog ${this.options.uri} refuses access (${status}): check its token`);
    }
    if (status >= FIRST_SERVER_ERROR || status === TOO_MANY_REQUESTS || status === REQUEST_TIMEOUT) {
      return { status: 'lost', reason: `status ${status}: ${text.slice(0, 300)}` };
    }
    return { status, body: text === '' ? undefined : parseJson(text) };
  }

  private warehouseQuery(): string {
    const { warehouse } = this.options;
    return warehouse === undefined ? '' : `?warehouse=${encodeURIComponent(warehouse)}`;
  }
}

/** An answer of the catalog in one line. */
export function say({ status, body }: { status: number; body: unknown }): string {
  const { error } = (body ?? {}) as { error?: { message?: string; type?: string } };
  const type = error?.type ? ` ${error.type}` : '';
  return `status ${status}${type}${error?.message ? `: ${error.message}` : ''}`;
}

function prefixOf(config: unknown): string {
  const { defaults, overrides } = config as Record<'defaults' | 'overrides', Record<string, string>>;
  const prefix = overrides?.prefix ?? defaults?.prefix;
  return prefix ? `${prefix}/` : '';
}

const causeOf = (error: Error): string => (error.cause as Error | undefined)?.message ?? error.message;
