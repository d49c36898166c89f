import { JARS, S3_JARS, SPARK } from './versions';

const IMAGE = `tidemark-spark:${SPARK}`;
/** Where the image has the job. */
const FOLDER = '/opt/tidemark';

/** The image of driver and executors: Spark's own and the job. The jars come with the application. */
export const dockerfile =
  (): string => `# The image of driver and executors. Made by \`tidemark export spark FOLDER\`: do not edit.
# docker build -t ${IMAGE} .
FROM apache/spark:${SPARK}-python3
COPY lake.py ${FOLDER}/lake.py
COPY tidemark ${FOLDER}/tidemark
`;

/** The application for the Spark operator, with the configuration that it reads. */
export const manifest =
  (): string => `# The job on Kubernetes, for the Spark operator. Change a copy: this one was made
# by \`tidemark export spark FOLDER\`. Keys of S3 and passwords of Kafka go into the secret
# tidemark-lake, under the names of docs/configuration.md.
apiVersion: v1
kind: ConfigMap
metadata:
  name: tidemark-lake
data:
  LAKE_URL: s3://bucket/lake
  ICEBERG_REST_URI: http://iceberg-rest:8181
  KAFKA_BROKERS: kafka:9092
  AWS_REGION: eu-central-1
---
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: tidemark-lake
spec:
  type: Python
  pythonVersion: "3"
  mode: cluster
  sparkVersion: ${SPARK}
  image: ${IMAGE}
  mainApplicationFile: local://${FOLDER}/lake.py
  arguments: [follow]
  # The lake says where to go on: a new driver needs nothing of the former one.
  restartPolicy:
    type: Always
  deps:
    packages:
${[...JARS, ...S3_JARS].map((artifact) => `      - ${artifact}`).join('\n')}
  sparkConf:
    # Artifacts are fetched by the driver, into a folder that its user may write to.
    spark.jars.ivy: /tmp/.ivy2
    spark.sql.shuffle.partitions: "8"
  driver:
    cores: 1
    memory: 2g
    serviceAccount: spark
    envFrom: &configuration
      - configMapRef:
          name: tidemark-lake
      - secretRef:
          name: tidemark-lake
          optional: true
  executor:
    instances: 2
    cores: 2
    memory: 4g
    envFrom: *configuration
`;
