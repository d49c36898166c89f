"""The session of Spark, with the lake as its catalog `lake`."""

import contextlib
import os

from pyspark.sql import SparkSession

CATALOG = "spark.sql.catalog.lake"


def settings_of(config):
    """Settings of the session. What spark-submit sets, such as memory, is left alone."""
    given = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.ansi.doubleQuotedIdentifiers": "true",
        # Instants, not Spark's own 96 bits, which other readers take for local time.
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        # A product of decimals is exact, or null.
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",
        CATALOG: "org.apache.iceberg.spark.SparkCatalog",
        # A table is read again before each commit; a remembered one would be an older state.
        f"{CATALOG}.cache-enabled": "false",
    }
    if config.rest_uri:
        return given | rest_settings(config)
    given |= {f"{CATALOG}.type": "hadoop", f"{CATALOG}.warehouse": config.lake}
    if config.lake.startswith("s3:"):
        given["spark.hadoop.fs.s3.impl"] = "org.apache.hadoop.fs.s3a.S3AFileSystem"
        given["spark.hadoop.fs.s3a.endpoint.region"] = config.region
        if config.s3_endpoint:
            given["spark.hadoop.fs.s3a.endpoint"] = config.s3_endpoint
            given["spark.hadoop.fs.s3a.path.style.access"] = "true"
    return given


def rest_settings(config):
    given = {f"{CATALOG}.type": "rest", f"{CATALOG}.uri": config.rest_uri}
    if config.rest_token:
        given[f"{CATALOG}.token"] = config.rest_token
    if config.rest_warehouse:
        given[f"{CATALOG}.warehouse"] = config.rest_warehouse
    if config.lake.startswith("s3:"):
        given[f"{CATALOG}.io-impl"] = "org.apache.iceberg.aws.s3.S3FileIO"
        given[f"{CATALOG}.client.region"] = config.region
        if config.s3_endpoint:
            given[f"{CATALOG}.s3.endpoint"] = config.s3_endpoint
            given[f"{CATALOG}.s3.path-style-access"] = "true"
    return given


def open_session(config):
    builder = SparkSession.builder.appName("tidemark-lake")
    for name, value in settings_of(config).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel(os.environ.get("LOG_LEVEL", "WARN").upper())
    return spark


def name_of(config, table):
    """The name of a table of the lake in SQL."""
    return f"lake.{config.namespace}.{table}" if config.rest_uri else f"lake.{table}"


@contextlib.contextmanager
def interpreted(spark, wanted=True):
    """Runs statements without compiling them first, which takes longer than running them on a few rows."""
    settings = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
    before = {name: spark.conf.get(name) for name in settings}
    try:
        for name, value in settings.items() if wanted else ():
            spark.conf.set(name, value)
        yield
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)
