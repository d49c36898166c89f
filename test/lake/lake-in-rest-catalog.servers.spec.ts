import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restCatalogJars } from '../support/iceberg/rest-catalog/jars';
import { startRestCatalog } from '../support/iceberg/rest-catalog/server';
import { describeReaders } from '../support/readers/readers';
import { isReadByOthers } from './read-by-others.features';

const NAMESPACE = 'tidemark';

describeReaders(
  'a lake whose tables are those of a REST catalog',
  () => {
    isReadByOthers(async () => {
      const server = await startRestCatalog();
      const folder = await mkdtemp(join(tmpdir(), 'tidemark-lake-'));
      return {
        options: { url: folder, restCatalog: { uri: server.uri, namespace: NAMESPACE } },
        source: ({ name }) => ({ catalog: { uri: server.uri }, table: `${NAMESPACE}.${name}` }),
        table: ({ name }, snapshot) =>
          `catalog.${NAMESPACE}.${name}${snapshot === undefined ? '' : ` AT (VERSION => ${snapshot})`}`,
        prepare: [
          `ATTACH '' AS catalog (TYPE iceberg, ENDPOINT '${server.uri}', AUTHORIZATION_TYPE 'none',
             ACCESS_DELEGATION_MODE 'none')`,
        ],
        async close() {
          await server.stop();
          await rm(folder, { recursive: true, force: true });
        },
      };
    });
  },
  restCatalogJars,
);
