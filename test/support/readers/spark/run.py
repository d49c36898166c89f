"""Runs SQL statements in a local Spark with a lake as its Hadoop catalog.

run.py SETTINGS STATEMENTS, both JSON; prints the rows as JSON.
"""

import json
import sys

from pyspark.sql import SparkSession

given, statements = sys.argv[1:]
settings = {
    "spark.driver.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
    "spark.sql.catalog.lake.type": "hadoop",
    **json.loads(given),
}
builder = SparkSession.builder.master("local[1]")
for name, value in settings.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
answers = [[row.asDict(recursive=True) for row in spark.sql(one).collect()] for one in json.loads(statements)]
print(json.dumps(answers, default=str))
spark.stop()
