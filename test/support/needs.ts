// Gets one of the things that suites of `npm run test:servers` need: `node run-typescript.js needs.ts kafka`.
import { kafkaJars } from '../../stack/kafka/jars';
import { airflowPython } from './airflow/airflow';
import { restCatalogJars } from './iceberg/rest-catalog/jars';
import { readersPython } from './readers/readers';
import { versitygwBinary } from './s3/versitygw-binary';
import { judgesPython } from './snowflake/judges';

/** Each leaves it in the cache, and throws an Error that says what is missing. */
export const NEEDS: Record<string, () => unknown> = {
  airflow: airflowPython,
  catalog: restCatalogJars,
  judges: judgesPython,
  kafka: kafkaJars,
  readers: readersPython,
  s3: versitygwBinary,
};

if (process.argv[1] === __filename) NEEDS[process.argv[2] ?? '']?.();
