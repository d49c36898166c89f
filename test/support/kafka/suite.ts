import { kafkaJars } from '../../../stack/kafka/jars';

/**
 * A suite that needs a real broker: the one of KAFKA_TEST_BROKERS, or one from the jars. Where none can be had it is skipped with
 * the reason in its title; under CI that is a failure.
 * @param needsJars also where a broker is given: it runs Kafka's own tools, or a broker that it kills or that has passwords
 */
export function describeKafka(title: string, suite: () => void, { needsJars = false } = {}): void {
  const reason = needsJars || !process.env.KAFKA_TEST_BROKERS ? reasonForNoJars() : undefined;
  if (reason === undefined) describe(title, suite);
  else if (process.env.CI === 'true') throw new Error(`${title}: ${reason}`);
  else describe.skip(`${title} (skipped: ${reason})`, suite);
}

function reasonForNoJars(): string | undefined {
  try {
    kafkaJars();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
