"""The lake of Tidemark, written by Spark: see docs/spark.md."""
