/** What the job runs on. Spark's Kafka source and Iceberg's runtime are of this very Spark and Scala. */
export const SPARK = '4.1.1';
export const ICEBERG = '1.11.0';
const SCALA = '2.13';
const SPARK_LINE = SPARK.split('.').slice(0, 2).join('.');
/** Those that Spark itself comes with, or is built against. */
export const HADOOP = '3.4.2';
const KAFKA_CLIENTS = '3.9.1';
const POOL = '2.12.1';
/** What Hadoop's S3 needs of AWS; Iceberg's bundle has all but the transfer manager, of this version. */
const AWS = '2.44.4';

/** The jars that the job needs beside Spark, as Maven names them. */
export const JARS: readonly string[] = [
  `org.apache.iceberg:iceberg-spark-runtime-${SPARK_LINE}_${SCALA}:${ICEBERG}`,
  `org.apache.spark:spark-sql-kafka-0-10_${SCALA}:${SPARK}`,
  `org.apache.spark:spark-token-provider-kafka-0-10_${SCALA}:${SPARK}`,
  `org.apache.kafka:kafka-clients:${KAFKA_CLIENTS}`,
  `org.apache.commons:commons-pool2:${POOL}`,
];

/** Those that it needs besides for a lake on S3. */
export const S3_JARS: readonly string[] = [
  `org.apache.iceberg:iceberg-aws-bundle:${ICEBERG}`,
  `org.apache.hadoop:hadoop-aws:${HADOOP}`,
  `software.amazon.awssdk:s3-transfer-manager:${AWS}`,
];
