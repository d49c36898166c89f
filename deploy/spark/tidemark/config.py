"""What the job is told by the environment: the variables of Tidemark itself (docs/configuration.md)."""

import os
from dataclasses import dataclass, field

EVENT_TOPICS = ("orders", "activity", "catalogue")


def variable(name, default=None):
    return field(default_factory=lambda: os.environ.get(name) or default)


@dataclass
class Config:
    lake: str | None = variable("LAKE_URL")
    s3_endpoint: str | None = variable("S3_ENDPOINT")
    region: str = variable("AWS_REGION", "us-east-1")
    rest_uri: str | None = variable("ICEBERG_REST_URI")
    rest_token: str | None = variable("ICEBERG_REST_TOKEN")
    rest_warehouse: str | None = variable("ICEBERG_REST_WAREHOUSE")
    namespace: str = variable("ICEBERG_REST_NAMESPACE", "tidemark")
    brokers: str | None = variable("KAFKA_BROKERS")
    topic_prefix: str = variable("KAFKA_TOPIC_PREFIX", "")
    ssl: str = variable("KAFKA_SSL", "false")
    ssl_ca: str | None = variable("KAFKA_SSL_CA_PATH")
    sasl_mechanism: str | None = variable("KAFKA_SASL_MECHANISM")
    sasl_username: str | None = variable("KAFKA_SASL_USERNAME")
    sasl_password: str | None = variable("KAFKA_SASL_PASSWORD")

    def __post_init__(self):
        if not self.lake:
            raise SystemExit("LAKE_URL is missing: the folder or s3://bucket/prefix of the lake.")
        if "://" not in self.lake:
            self.lake = "file://" + os.path.abspath(self.lake)

    @property
    def topics(self):
        """Names of the event topics."""
        return [self.topic_prefix + topic for topic in EVENT_TOPICS]

    def need_brokers(self):
        if not self.brokers:
            raise SystemExit("KAFKA_BROKERS is missing: host:port, several with commas.")
