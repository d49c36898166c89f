"""Runs SQL statements in a local Spark with a lake as its Hadoop catalog: run.py JAR WAREHOUSE STATEMENTS; prints the rows as JSON."""

import json
import sys

from pyspark.sql import SparkSession

jar, warehouse, statements = sys.argv[1:]
settings = {
    "spark.jars": jar,
    "spark.driver.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
    "spark.sql.catalog.lake.type": "hadoop",
    "spark.sql.catalog.lake.warehouse": warehouse,
}
builder = SparkSession.builder.master("local[1]")
for name, value in settings.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
answers = [[row.asDict(recursive=True) for row in spark.sql(one).collect()] for one in json.loads(statements)]
print(json.dumps(answers, default=str))
spark.stop()
