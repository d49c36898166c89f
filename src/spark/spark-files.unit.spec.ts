import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { knownVariables } from '../../test/deploy/support/known-variables';
import { datasets } from '../lake/datasets/catalogue';
import { sparkFiles } from './files';
import { JARS, S3_JARS, SPARK } from './versions';

interface Application {
  sparkVersion: string;
  image: string;
  mainApplicationFile: string;
  arguments: string[];
  deps: { packages: string[] };
  driver: Part;
  executor: Part;
}

interface Part {
  envFrom: { configMapRef?: { name: string } }[];
}

const DEPLOYED = join(__dirname, '../../deploy/spark');
const files = sparkFiles();

const deployed = readdirSync(DEPLOYED, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('__pycache__'))
  .map(({ parentPath, name }) => join(parentPath, name).slice(DEPLOYED.length + 1));

describe('deploy/spark', () => {
  it('is what `tidemark export spark FOLDER` writes; `npm run spark` writes it again', () => {
    expect(deployed.filter((path) => path !== 'README.md').sort()).toEqual([...files.keys()].sort());
    for (const [path, text] of files)
      expect([path, readFileSync(join(DEPLOYED, path), 'utf8')]).toEqual([path, text]);
  });

  it('has the rows of every dataset', () => {
    const named = [...files.get('tidemark/datasets.py')!.matchAll(/"name": "(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect([...named, 'bad_rows']).toEqual(datasets.map(({ name }) => name));
  });

  it('reads only variables that Tidemark itself knows', () => {
    const read = [...files.get('tidemark/config.py')!.matchAll(/variable\("(\w+)"/g)].map(
      ([, name]) => name!,
    );
    expect(read.length).toBeGreaterThan(10);
    expect(read.filter((name) => !knownVariables().has(name))).toEqual([]);
  });
});

describe('the manifest for the Spark operator', () => {
  const [configuration, application] = parseAllDocuments(files.get('spark-application.yaml')!, {
    merge: true,
  }).map((document) => document.toJS() as { kind: string; data: Record<string, string>; spec: Application });
  const { spec } = application!;

  it('runs the job of its image on the Spark that the specs run', () => {
    const image = files.get('Dockerfile')!;
    expect([configuration!.kind, application!.kind]).toEqual(['ConfigMap', 'SparkApplication']);
    expect(spec.sparkVersion).toBe(SPARK);
    expect(image).toContain(`FROM apache/spark:${SPARK}-`);
    expect(image).toContain(`docker build -t ${spec.image} `);
    const script = spec.mainApplicationFile.replace('local://', '');
    expect(image).toContain(`COPY lake.py ${script}\n`);
    expect(readFileSync(join(__dirname, '../../test/support/spark/requirements.txt'), 'utf8')).toBe(
      `pyspark==${SPARK}\n`,
    );
  });

  it('brings the jars that the specs run with, of this Spark', () => {
    expect(spec.deps.packages).toEqual([...JARS, ...S3_JARS]);
    const line = SPARK.split('.').slice(0, 2).join('.');
    expect(JARS[0]).toContain(`iceberg-spark-runtime-${line}_`);
  });

  it('gives driver and executors the configuration, in variables that the job reads', () => {
    const names = Object.keys(configuration!.data);
    expect(names.filter((name) => !knownVariables().has(name))).toEqual([]);
    for (const name of names) expect(files.get('tidemark/config.py')!).toContain(`"${name}"`);
    for (const part of [spec.driver, spec.executor])
      expect(part.envFrom[0]?.configMapRef?.name).toBe('tidemark-lake');
  });

  it('calls a command that the job has', () => {
    expect(files.get('lake.py')!).toContain(`add_parser("${spec.arguments[0]}"`);
  });
});
