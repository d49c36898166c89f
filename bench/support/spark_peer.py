"""Takes the orders of a topic or of files of CloudEvents to one Iceberg table, and prints the cost.

spark-submit spark_peer.py JOB SOURCE LAKE, where JOB is the folder of the job of deploy/spark, SOURCE is
kafka:BROKERS/TOPIC or a folder, and LAKE a folder.
"""

import json
import os
import sys
import time

job, source, lake = sys.argv[1:]
sys.path.insert(0, job)

from pyspark.sql.functions import months  # noqa: E402
from tidemark.config import Config  # noqa: E402
from tidemark.datasets import DATASETS, PARSED  # noqa: E402
from tidemark.kafka import log_of  # noqa: E402
from tidemark.session import open_session  # noqa: E402

SETTINGS = {
    "reporting_currency": "EUR", "reporting_digits": 2, "time_zone": "Europe/Berlin",
}
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids):
    """User and system time of processes, seconds."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="utf8") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def records(spark):
    if not source.startswith("kafka:"):
        files = spark.read.text(source)
        return files.selectExpr("'orders' AS topic", "0 AS partition", "CAST(0 AS BIGINT) AS offset", "value")
    brokers, topic = source.removeprefix("kafka:").split("/")
    return spark.read.format("kafka").options(
        **{"kafka.bootstrap.servers": brokers, "subscribe": topic, "startingOffsets": "earliest"}
    ).load()


spark = open_session(Config(lake=lake))
pids = [os.getpid(), spark._jvm.java.lang.ProcessHandle.current().pid()]
before, started = cpu_seconds(pids), time.monotonic()
log_of(records(spark)).where("type = 'OrderPlaced'").createOrReplaceTempView("log")
spark.sql(PARSED, args=SETTINGS).createOrReplaceTempView("parsed")
[order_lines] = [each for each in DATASETS if each["name"] == "order_lines"]
rows = spark.sql(order_lines["rows"], args=SETTINGS)
rows.limit(0).writeTo("lake.order_lines").partitionedBy(months("order_date")).create()
rows.writeTo("lake.order_lines").option("fanout-enabled", "true").option("distribution-mode", "none").append()
cost = {"seconds": time.monotonic() - started, "cpuSeconds": cpu_seconds(pids) - before}
written = spark.table("lake.order_lines")
print(json.dumps({**cost, "orders": written.select("order_id").distinct().count(), "rows": written.count()}))
spark.stop()
