import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { documentOf, type Mutation, OPERATIONS, type Operation } from './operations';

/** The outcome of a mutation. `code` is that of the failure, or says what went wrong on the way. */
export type Outcome = { ok: true; duplicate: boolean } | { ok: false; code: string; message: string };

export interface GraphqlClient {
  /** Sends a mutation; never rejects. */
  send(mutation: Mutation): Promise<Outcome>;
  /**
   * Asks for the store's reporting currency, undefined while it has none.
   * @throws when nobody answers in this schema
   */
  reportingCurrency(): Promise<string | undefined>;
  close(): void;
}

export interface ClientOptions {
  url: URL;
  /** most connections, which are kept alive */
  connections: number;
  timeoutMs: number;
}

interface AnswerObject {
  duplicate?: boolean;
  code?: string;
  message?: string;
  currency?: string | null;
}

interface Answer {
  data?: Record<string, AnswerObject | null> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export function createGraphqlClient({ url, connections, timeoutMs }: ClientOptions): GraphqlClient {
  const { Agent, request } = url.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
  const documents = Object.fromEntries(
    OPERATIONS.map((operation) => [operation, JSON.stringify(documentOf(operation))]),
  ) as Record<Operation, string>;

  const post = (body: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const sent = request(url, { method: 'POST', agent, headers, timeout: timeoutMs }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve(parseAnswer(Buffer.concat(chunks).toString(), response.statusCode ?? 0));
          } catch (error) {
            reject(error);
          }
        });
      });
      sent.on('timeout', () => sent.destroy(codedError('TIMEOUT', `No answer in ${timeoutMs} ms`)));
      sent.on('error', reject);
      sent.end(body);
    });

  return {
    async send({ operation, input }) {
      try {
        const body = `{"query":${documents[operation]},"variables":{"input":${JSON.stringify(input)}}}`;
        return outcomeOf(await post(body), operation);
      } catch (error) {
        const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
        return { ok: false, code, message };
      }
    },
    async reportingCurrency() {
      for (const startedAt = performance.now(); ; await delay(200)) {
        const { data, errors } = await post('{"query":"{ categoryRevenue { currency } }"}');
        if (data?.categoryRevenue) return data.categoryRevenue.currency ?? undefined;
        const error = errors?.[0];
        // A server that has just started has to build its read models first.
        const mayCome = error?.extensions?.code === 'PROJECTION_LAGGING';
        if (!mayCome || performance.now() - startedAt > timeoutMs)
          throw new Error(error?.message ?? 'it does not know what a category is');
      }
    },
    close: () => agent.destroy(),
  };
}

function parseAnswer(text: string, status: number): Answer {
  try {
    const answer: unknown = JSON.parse(text);
    if (isAnswer(answer)) return answer;
  } catch {
    // What is no JSON is told apart by its status.
  }
  throw codedError(`HTTP_${status}`, `HTTP status ${status} without a GraphQL answer`);
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);
}

function outcomeOf({ data, errors }: Answer, operation: Operation): Outcome {
  const result = data?.[operation];
  if (result) {
    const { code, message = '', duplicate = false } = result;
    return code === undefined ? { ok: true, duplicate } : { ok: false, code, message };
  }
  const error = errors?.[0];
  return { ok: false, code: error?.extensions?.code ?? 'GRAPHQL_ERROR', message: error?.message ?? '' };
}

function codedError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
