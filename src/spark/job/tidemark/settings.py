"""The settings of the store, which most rows need: the first StoreConfigured event of the log."""

import time

from pyspark.sql import functions as F

from .datasets import DATASETS, PARSED
from .kafka import log_of, nested, read
from .session import name_of

NONE = {"reporting_currency": None, "reporting_digits": None, "time_zone": None}


def settings_of(spark, config, offsets):
    """The settings as named parameters of statements: from the table, or else from the topics."""
    return settings_of_lake(spark, config) or settings_of_topics(spark, config, offsets)


def settings_of_lake(spark, config):
    """The settings in the table `settings`; None when it has none."""
    rows = spark.table(name_of(config, "settings")).orderBy("position").limit(1).collect()
    return parameters(rows[0]) if rows else None


def settings_of_topics(spark, config, offsets):
    """The settings in the topics. Waits for the event, which the first sale brings."""
    said = False
    while True:
        records = log_of(read(spark, config, nested(offsets.earliest()), nested(offsets.ends())))
        found = settings_in(records)
        if found is not None:
            return found
        if not said:
            print("waiting for the event StoreConfigured in the topics", flush=True)
        said = True
        time.sleep(2)


def settings_in(log):
    """The settings in some events; None when they have none."""
    first = log.where(F.col("type") == "StoreConfigured").orderBy("position").limit(1)
    first.createOrReplaceTempView("log")
    spark = first.sparkSession
    spark.sql(PARSED, args=NONE).createOrReplaceTempView("parsed")
    [dataset] = [each for each in DATASETS if each["name"] == "settings"]
    rows = spark.sql(dataset["rows"], args=NONE).collect()
    return parameters(rows[0]) if rows else None


def parameters(row):
    return {
        "reporting_currency": row.reporting_currency,
        "reporting_digits": row.reporting_digits,
        "time_zone": row.time_zone,
    }
