import { type HttpProxy, startHttpProxy } from '../../../test/support/iceberg/http-proxy';
import {
  addCut,
  createLake,
  putCutFile,
  STORE_IDENTITY,
  stampOf,
  type TestLake,
} from '../../../test/support/iceberg/lake';
import { measurements } from '../../../test/support/iceberg/measurements';
import { restCatalogJars } from '../../../test/support/iceberg/rest-catalog/jars';
import { type RestCatalogServer, startRestCatalog } from '../../../test/support/iceberg/rest-catalog/server';
import { describeReaders } from '../../../test/support/readers/readers';
import { UnknownOutcomeError } from '../object-store/object-store';
import { appendCut } from '../tables/append-cut';
import { ensureTable } from '../tables/ensure-table';
import { listSnapshots } from '../tables/snapshots';
import type { Catalog } from './committer';
import { behavesAsCommitter } from './committer.features';
import { CatalogError } from './errors';
import { RestCommitter } from './rest-committer';

const namespace = 'shop';

describeReaders(
  'a REST catalog',
  () => {
    let server: RestCatalogServer;
    let lake: TestLake;

    beforeAll(async () => {
      [server, lake] = await Promise.all([startRestCatalog(), createLake()]);
    });
    afterAll(async () => {
      await server.stop();
      await lake.remove();
    });

    const openAt = (uri: string, options: { token?: string; timeoutMs?: number } = {}): Catalog => ({
      store: lake.store,
      committer: new RestCommitter({ uri, namespace, ...options }),
    });

    describe('of Iceberg’s own', () => {
      behavesAsCommitter(async () => ({
        open: () => openAt(server.uri),
        source: async (table) => ({ catalog: { uri: server.uri }, table: `${namespace}.${table}` }),
        close: async () => {},
      }));
    });

    describe('whose answer is lost', () => {
      const dataset = { ...measurements, name: 'lossy' };
      let proxy: HttpProxy;
      let number = 0;

      beforeAll(async () => {
        const isCommit = (method: string, path: string) =>
          method === 'POST' && path.endsWith('/tables/lossy');
        proxy = await startHttpProxy(server.uri, isCommit);
        await ensureTable(openAt(server.uri), dataset, STORE_IDENTITY);
      });
      beforeEach(() => {
        proxy.faults = [];
        proxy.beforeFault = async () => {};
        number++;
      });
      afterAll(() => proxy.stop());

      const cutsOf = async () =>
        (await listSnapshots(openAt(server.uri), dataset.name)).map(({ cut }) => cut).slice(0, 2);

      it.each(['done, then cut', 'done, then 500'] as const)('has the append once: %s', async (fault) => {
        proxy.faults = [fault];
        expect((await addCut(openAt(proxy.uri), number, dataset)).outcome).toBe('committed');
        expect((await cutsOf()).filter((cut) => cut === number)).toHaveLength(1);
      });

      it.each([500, 503, 429, 504])(
        'has the append once: status %s, and nothing was done',
        async (status) => {
          proxy.faults = [status, status];
          expect((await addCut(openAt(proxy.uri), number, dataset)).outcome).toBe('committed');
          expect((await cutsOf()).filter((cut) => cut === number)).toHaveLength(1);
        },
      );

      it('has the append once: no answer in time', async () => {
        proxy.faults = ['silence'];
        const catalog = openAt(proxy.uri, { timeoutMs: 500 });
        expect((await addCut(catalog, number, dataset)).outcome).toBe('committed');
        expect((await cutsOf()).filter((cut) => cut === number)).toHaveLength(1);
      });

      it('has the append once, on top of another writer’s that came between', async () => {
        const other = number++;
        proxy.faults = [500];
        proxy.beforeFault = async () => {
          await addCut(openAt(server.uri), other, dataset);
        };
        expect((await addCut(openAt(proxy.uri), number, dataset)).outcome).toBe('committed');
        expect(await cutsOf()).toEqual([number, other]);
      });

      it('says so when nothing can be found out', async () => {
        proxy.faults = Array.from({ length: 6 }, () => 503);
        const file = await putCutFile(lake, number, 'a', dataset);
        const appending = appendCut(openAt(proxy.uri), dataset, [file], stampOf(number));
        await expect(appending).rejects.toThrow(UnknownOutcomeError);
      });
    });

    it('that refuses the token is named', async () => {
      const proxy = await startHttpProxy(server.uri, () => true);
      proxy.faults = [401];
      try {
        const loading = openAt(proxy.uri, { token: 'wrong' }).committer.load('any');
        await expect(loading).rejects.toThrow(`Catalog ${proxy.uri} refuses access (401): check its token`);
      } finally {
        await proxy.stop();
      }
    });

    it('that is not there is named', async () => {
      const loading = openAt('http://127.0.0.1:1').committer.load('any');
      await expect(loading).rejects.toThrow(CatalogError);
      await expect(loading).rejects.toThrow(/Catalog http:\/\/127\.0\.0\.1:1 does not answer: .*/);
    });

    it('gets the token', async () => {
      const seen: (string | undefined)[] = [];
      const proxy = await startHttpProxy(
        server.uri,
        () => false,
        ({ authorization }) => seen.push(authorization),
      );
      try {
        await openAt(proxy.uri, { token: 'secret' }).committer.load('any');
        expect(seen).toEqual(['Bearer secret', 'Bearer secret']);
      } finally {
        await proxy.stop();
      }
    });
  },
  restCatalogJars,
);
