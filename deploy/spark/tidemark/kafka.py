"""Records of the bridge: CloudEvents, one a record, and ticks, which say how far a partition is.

The bridge writes `data` last, and the metadata right before it. So both are taken as the text that they are,
and only the short envelope is parsed.
"""

import json
import time

from pyspark.sql.functions import col

TICK = "tidemark.tick"
ENVELOPE = (
    "id STRING, type STRING, source STRING, subject STRING, time STRING, position STRING, revision INT, "
    "recordedat STRING"
)
# Attributes of CloudEvents have lower-case letters only.
METADATA = [
    ("schemaversion", "schemaVersion"),
    ("correlationid", "correlationId"),
    ("causationid", "causationId"),
    ("idempotencykey", "idempotencyKey"),
    ("inputdigest", "inputDigest"),
]


def options(config):
    """Options of Spark's source for the event topics."""
    given = {
        "kafka.bootstrap.servers": config.brokers,
        "subscribe": ",".join(config.topics),
        "failOnDataLoss": "true",
    }
    wire = "SSL" if config.ssl == "true" else "PLAINTEXT"
    given["kafka.security.protocol"] = f"SASL_{wire}" if config.sasl_mechanism else wire
    if config.ssl_ca:
        given["kafka.ssl.truststore.type"] = "PEM"
        given["kafka.ssl.truststore.location"] = config.ssl_ca
    if config.sasl_mechanism:
        kind = "plain.Plain" if config.sasl_mechanism == "PLAIN" else "scram.Scram"
        user, password = quoted(config.sasl_username), quoted(config.sasl_password)
        given["kafka.sasl.mechanism"] = config.sasl_mechanism
        given["kafka.sasl.jaas.config"] = (
            f"org.apache.kafka.common.security.{kind}LoginModule required "
            f"username={user} password={password};"
        )
    return given


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read(spark, config, starting, ending):
    """A batch of records between offsets, {topic: {partition: offset}}."""
    return (
        spark.read.format("kafka").options(**options(config))
        .option("startingOffsets", json.dumps(starting)).option("endingOffsets", json.dumps(ending)).load()
    )


def log_of(records):
    """Events and ticks from records; times are microseconds since 1970 UTC."""
    begin = "locate('\"schemaversion\":', text)"
    metadata = f"substring(text, {begin}, at - {begin} - 1)"
    for attribute, name in METADATA:
        metadata = f"""replace({metadata}, '"{attribute}":', '"{name}":')"""
    return (
        records.selectExpr("topic", "partition", "offset", "CAST(value AS STRING) AS text")
        # In the envelope a quote within a text is escaped, so this is the member and no text.
        .selectExpr("*", "locate('\"data\":', text) AS at")
        .selectExpr(
            "topic", "partition", "offset", "text", "at",
            f"from_json(IF(at > 0, concat(left(text, at - 2), '}}'), text), '{ENVELOPE}') AS e",
        )
        .selectExpr(
            "topic", "partition", "offset",
            "IF(e.position IS NULL, raise_error(concat('The record at offset ', offset, ' of partition ', "
            "partition, ' of topic ', topic, ' is not of Tidemark')), e.position) AS position",
            "e.id AS id", "e.subject AS stream", "e.revision AS revision", "e.type AS type",
            "unix_micros(CAST(e.time AS TIMESTAMP)) AS occurred_at",
            "unix_micros(CAST(e.recordedat AS TIMESTAMP)) AS recorded_at",
            "IF(at > 0, substring(text, at + 7, length(text) - at - 7), NULL) AS data",
            f"IF(at > 0, concat('{{', {metadata}, '}}'), NULL) AS metadata",
        )
    )


class Offsets:
    """What the brokers have of the event topics."""

    def __init__(self, spark, config):
        jvm = spark._jvm
        properties = jvm.java.util.HashMap()
        for name, value in options(config).items():
            if name.startswith("kafka."):
                properties.put(name.removeprefix("kafka."), value)
        self.jvm = jvm
        self.topics = config.topics
        self.admin = jvm.org.apache.kafka.clients.admin.AdminClient.create(properties)

    def list(self, spec):
        """Offsets of each partition, by `topic-partition`. :param spec: an OffsetSpec of Kafka"""
        partitions = self.jvm.java.util.HashMap()
        names = self.jvm.java.util.ArrayList()
        for topic in self.topics:
            names.add(topic)
        for described in self.admin.describeTopics(names).allTopicNames().get().values():
            for one in described.partitions():
                partition = self.jvm.org.apache.kafka.common.TopicPartition(described.name(), one.partition())
                partitions.put(partition, spec)
        found = self.admin.listOffsets(partitions).all().get()
        return {f"{each.topic()}-{each.partition()}": found.get(each).offset() for each in found.keySet()}

    def earliest(self):
        return self.list(self.jvm.org.apache.kafka.clients.admin.OffsetSpec.earliest())

    def ends(self):
        return self.list(self.jvm.org.apache.kafka.clients.admin.OffsetSpec.latest())

    def since(self, unix_ms):
        """The first offset of each partition that was written at or after a time; the end where none was."""
        found = self.list(self.jvm.org.apache.kafka.clients.admin.OffsetSpec.forTimestamp(unix_ms))
        ends = self.ends()
        return {name: ends[name] if offset < 0 else offset for name, offset in found.items()}


def nested(offsets):
    """{"topic-0": 7} as Spark wants it: {"topic": {"0": 7}}."""
    answer = {}
    for name, offset in offsets.items():
        topic, _, partition = name.rpartition("-")
        answer.setdefault(topic, {})[partition] = offset
    return answer
