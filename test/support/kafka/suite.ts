import { kafkaJars } from '../../../stack/kafka/jars';

/**
 * A suite that needs a real broker. Where none can be had it is skipped with the reason in its title; under CI that is a
 * failure.
 * @param kills it kills or pauses the broker, which must then be its own
 */
export function describeKafka(title: string, suite: () => void, { kills = false } = {}): void {
  const reason = reasonToSkip(kills);
  if (reason === undefined) describe(title, suite);
  else if (process.env.CI === 'true') throw new Error(`${title}: ${reason}`);
  else describe.skip(`${title} (skipped: ${reason})`, suite);
}

function reasonToSkip(kills: boolean): string | undefined {
  if (process.env.KAFKA_TEST_BROKERS)
    return kills ? 'the broker of KAFKA_TEST_BROKERS must not be killed' : undefined;
  try {
    kafkaJars();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
