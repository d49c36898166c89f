import { createHash, type KeyObject, randomUUID, verify } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Bind, bucketPath, type Outcome, Refusal, Session, type Shared } from './session';

/** A fault that a matching request runs into. */
export type Fault =
  /** its session token has expired; the driver may renew it */
  | { kind: 'expired' }
  /** its session is gone */
  | { kind: 'gone' }
  /** answered with this status and an empty body */
  | { kind: 'status'; status: number }
  /** the connection is cut before the statement is done */
  | { kind: 'cut before' }
  /** the statement is done, and the connection is cut instead of an answer */
  | { kind: 'cut after' }
  /** never answered */
  | { kind: 'silence' }
  /** answered as a statement that takes long, whose result the driver has to ask for again */
  | { kind: 'slow' }
  | { kind: 'refusal'; code: string; message: string };

interface Plan {
  on: RegExp;
  fault: Fault;
  times: number;
}

export interface DoubleUsers {
  /** public keys by user, in capitals */
  keys?: Record<string, KeyObject>;
  tokens?: readonly string[];
}

/**
 * A double of Snowflake for its driver, over DuckDB in memory. It knows the SQL that Tidemark writes, and no
 * more.
 */
export class SnowflakeDouble {
  /** statements in the order of their arrival; a repeated request is there once */
  readonly statements: string[] = [];
  /** `METHOD /path` of every request */
  readonly requests: string[] = [];
  private readonly plans: Plan[] = [];
  private readonly interludes: { on: RegExp; work: () => Promise<unknown>; after: number }[] = [];
  private readonly tokens = new Map<string, Session>();
  private readonly masters = new Map<string, Session>();
  private readonly answers = new Map<string, Promise<object>>();
  private readonly results = new Map<string, Promise<object>>();

  private constructor(
    private readonly server: Server,
    readonly database: DuckDBInstance,
    private readonly users: DoubleUsers,
    private readonly shared: Shared,
  ) {}

  static async start(users: DoubleUsers): Promise<SnowflakeDouble> {
    const database = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1GB' });
    const stageFolder = await mkdtemp(path.join(tmpdir(), 'tidemark-stage-'));
    const shared: Shared = { stageFolder, stages: new Map(), transactions: new Map() };
    const server = createServer();
    const double = new SnowflakeDouble(server, database, users, shared);
    server.on('request', (request, response) => void double.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /**
   * Plans a fault for the next requests whose statement matches. Requests without a statement match by their
   * path.
   */
  plan(on: RegExp, fault: Fault, times = 1): void {
    this.plans.push({ on, fault, times });
  }

  /**
   * Runs `work` before the next matching statement, which waits for it.
   * @param after so many matching statements are let pass first
   */
  before(on: RegExp, work: () => Promise<unknown>, after = 0): void {
    this.interludes.push({ on, work, after });
  }

  /** Forgets the planned faults. */
  heal(): void {
    this.plans.length = 0;
  }

  /** Puts a file into the bucket that external stages read. */
  async upload(localPath: string, url: string): Promise<void> {
    const target = path.join(this.shared.stageFolder, bucketPath(url));
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(localPath, target);
  }

  /** The names of all files in internal stages. */
  async stagedFiles(): Promise<string[]> {
    const found = await readdir(this.shared.stageFolder, { recursive: true, withFileTypes: true });
    return found.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    for (const session of new Set(this.masters.values())) await session.close();
    this.database.closeSync();
    await rm(this.shared.stageFolder, { recursive: true, force: true });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://double');
    const body = await readJson(request);
    this.requests.push(`${request.method} ${url.pathname}`);
    const interlude = this.interludes.find(({ on }) => on.test((body.sqlText as string | undefined) ?? ''));
    if (interlude && interlude.after-- === 0) {
      this.interludes.splice(this.interludes.indexOf(interlude), 1);
      await interlude.work();
    }
    const fault = this.faultOf((body.sqlText as string | undefined)?.trim() ?? url.pathname);
    if (fault?.kind === 'cut before') return void request.socket.destroy();
    if (fault?.kind === 'silence') return;
    if (fault?.kind === 'status') return void response.writeHead(fault.status).end('{}');
    const answer = await this.answer(url, request, body, fault).catch((error: unknown) => refusalOf(error));
    if (fault?.kind === 'cut after') return void request.socket.destroy();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  private faultOf(text: string): Fault | undefined {
    const plan = this.plans.find(({ on, times }) => times > 0 && on.test(text));
    if (plan) plan.times -= 1;
    return plan?.fault;
  }

  private async answer(
    url: URL,
    request: IncomingMessage,
    body: Record<string, unknown>,
    fault: Fault | undefined,
  ): Promise<object> {
    if (fault?.kind === 'expired')
      throw new Refusal('390112', 'Your session has expired. Please login again.');
    if (fault?.kind === 'refusal') throw new Refusal(fault.code, fault.message);
    const token = /Snowflake Token="([^"]*)"/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (url.pathname === '/session/v1/login-request')
      return this.login(url, body.data as Record<string, string>);
    if (url.pathname === '/session/token-request') return this.renew(token, body.oldSessionToken as string);
    if (url.pathname === '/telemetry/send') return success({});
    const session = this.tokens.get(token);
    if (!session) throw new Refusal('390104', 'Session token is not valid.');
    if (fault?.kind === 'gone') {
      this.tokens.delete(token);
      await session.rollBack();
      throw new Refusal('390111', 'Session no longer exists. New login required.');
    }
    if (url.pathname === '/session') return this.logout(token, session);
    if (/\/abort-request$/.test(url.pathname)) return success({});
    const result = /^\/queries\/([^/]+)\/result$/.exec(url.pathname)?.[1];
    if (result !== undefined) return this.results.get(result) as Promise<object>;
    if (url.pathname !== '/queries/v1/query-request') throw new Error(`unknown request ${url.pathname}`);
    return this.query(url, session, body, fault?.kind === 'slow');
  }

  private async login(url: URL, data: Record<string, string>): Promise<object> {
    this.authenticate(data);
    const connection = await this.database.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const session = new Session(connection, this.shared, url.searchParams.get('warehouse') ?? undefined);
    return success({ ...this.issue(session), sessionId: 1, parameters: [] });
  }

  private issue(session: Session): Record<string, unknown> {
    const token = randomUUID();
    const masterToken = randomUUID();
    this.tokens.set(token, session);
    this.masters.set(masterToken, session);
    return { token, masterToken, validityInSeconds: 3_600, masterValidityInSeconds: 14_400 };
  }

  private authenticate(data: Record<string, string>): void {
    const user = (data.LOGIN_NAME ?? '').toUpperCase();
    switch (data.AUTHENTICATOR) {
      case 'SNOWFLAKE_JWT': {
        const key = this.users.keys?.[user];
        if (!key || !isSignedBy(key, data.TOKEN ?? '', `${data.ACCOUNT_NAME}.${user}`.toUpperCase()))
          throw new Refusal('390144', 'JWT token is invalid.', '08001');
        return;
      }
      case 'PROGRAMMATIC_ACCESS_TOKEN':
        if (!this.users.tokens?.includes(data.TOKEN ?? ''))
          throw new Refusal('394400', 'Programmatic access token is invalid.', '08001');
        return;
      case 'OAUTH':
        if (!this.users.tokens?.includes(data.TOKEN ?? ''))
          throw new Refusal('390303', 'Invalid OAuth access token.', '08001');
        return;
      default:
        throw new Refusal('390100', 'Incorrect username or password was specified.', '08001');
    }
  }

  private renew(masterToken: string, oldToken: string): object {
    const session = this.masters.get(masterToken);
    if (!session) throw new Refusal('390114', 'Authentication token has expired.');
    this.tokens.delete(oldToken);
    const { token, masterToken: master, ...validity } = this.issue(session);
    return success({
      sessionToken: token,
      masterToken: master,
      validityInSecondsST: validity.validityInSeconds,
      validityInSecondsMT: validity.masterValidityInSeconds,
    });
  }

  private async logout(token: string, session: Session): Promise<object> {
    this.tokens.delete(token);
    for (const [master, owner] of this.masters) if (owner === session) this.masters.delete(master);
    await session.close();
    return success({});
  }

  /** A repeated request gets the answer of the first one: the statement is not run again. */
  private async query(
    url: URL,
    session: Session,
    body: Record<string, unknown>,
    slow: boolean,
  ): Promise<object> {
    const requestId = url.searchParams.get('requestId') as string;
    const queryId = randomUUID();
    let answer = this.answers.get(requestId);
    if (answer === undefined) {
      const sql = body.sqlText as string;
      this.statements.push(sql.trim());
      answer = session
        .run(sql, body.bindings as Record<string, Bind> | undefined)
        .then((outcome) => answerOf(outcome, queryId, session), refusalOf);
      this.answers.set(requestId, answer);
      this.results.set(queryId, answer);
    }
    if (!slow) return answer;
    const data = { queryId, getResultUrl: `/queries/${queryId}/result` };
    return { data, code: '333333', message: 'Query execution in progress', success: true };
  }
}

const success = (data: object): object => ({ data, code: null, message: null, success: true });

function answerOf(
  { rowtype = [], rowset = [], upload, statementTypeId }: Outcome,
  queryId: string,
  session: Session,
) {
  const parameters = Object.entries(session.parameters).map(([name, value]) => ({ name, value }));
  const result = {
    rowtype,
    rowset,
    total: rowset.length,
    returned: rowset.length,
    queryResultFormat: 'json',
  };
  return success({ ...(upload ?? result), parameters, queryId, statementTypeId, version: 1 });
}

function refusalOf(error: unknown): object {
  const { code, message, sqlState } =
    error instanceof Refusal ? error : new Refusal('300002', `the double failed: ${(error as Error).stack}`);
  return { data: { sqlState, queryId: randomUUID() }, code, message, success: false };
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return text.length === 0 ? {} : (JSON.parse(text.toString('utf8')) as Record<string, unknown>);
}

/** Whether a key-pair token is valid: signed by the owner of this key, for this user, and not expired. */
function isSignedBy(key: KeyObject, token: string, subject: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const signed = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    key,
    Buffer.from(signature, 'base64url'),
  );
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, string | number>;
  const der = key.export({ format: 'der', type: 'spki' });
  const fingerprint = createHash('sha256').update(der).digest('base64');
  const issuer = `${subject}.SHA256:${fingerprint}`;
  return signed && claims.iss === issuer && claims.sub === subject && Number(claims.exp) > Date.now() / 1_000;
}
