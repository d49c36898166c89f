import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { JARS, S3_JARS } from '../../../src/spark/versions';
import { cachedFolder } from '../cached-folder';
import { pythonEnvironment, run } from '../python/environment';

const ALL = [...JARS, ...S3_JARS];
const VERSION = createHash('sha256').update(ALL.join()).digest('hex').slice(0, 12);

/** Python with PySpark, and Spark's folder in it. @throws Error saying what is missing */
export function sparkEnvironment(): { python: string; home: string } {
  const folder = pythonEnvironment('spark', join(__dirname, 'requirements.txt'));
  const python = join(folder, 'bin/python');
  const where = 'import pyspark; print(pyspark.__path__[0])';
  return { python, home: execFileSync(python, ['-c', where], { encoding: 'utf8' }).trim() };
}

/** Paths of jars, as Maven names them. @throws Error saying what is missing */
export function sparkJars(artifacts: readonly string[] = ALL): string[] {
  const folder = cachedFolder(`spark-jars-${VERSION}`, (fresh) => {
    for (const artifact of ALL)
      run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${fresh}`]);
  });
  return artifacts.map((artifact) => join(folder, `${artifact.split(':').slice(1).join('-')}.jar`));
}

/** @throws Error saying why Spark cannot be run here, if it cannot */
export function needSpark(): void {
  run('java', ['-version']);
  sparkEnvironment();
  sparkJars();
}
