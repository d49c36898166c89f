import { kafkaJars } from '../../../stack/kafka/jars';
import { describeWith } from '../suite';

/**
 * A suite that needs a real broker: the one of KAFKA_TEST_BROKERS, or one from the jars.
 * @param needsJars also where a broker is given: it runs Kafka's own tools, or a broker that it kills or that
 *   has passwords
 */
export function describeKafka(title: string, suite: () => void, { needsJars = false } = {}): void {
  describeWith(needsJars || !process.env.KAFKA_TEST_BROKERS ? [kafkaJars] : [], title, suite);
}
