"""The lake of Tidemark, written by Spark: `spark-submit lake.py COMMAND`. See docs/spark.md."""

import argparse

from tidemark.config import Config
from tidemark.rebuild import rebuild
from tidemark.session import open_session
from tidemark.star import make_star
from tidemark.stream import finish, follow


def main():
    parser = argparse.ArgumentParser(prog="lake.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    streaming = commands.add_parser("follow", help="take the topics to the tables, and what comes")
    streaming.add_argument("--max-records", type=int, default=500_000, help="of a batch (default 500000)")
    streaming.add_argument("--every", type=float, default=10, help="seconds from batch to batch (default 10)")
    commands.add_parser("finish", help="take every table to one position, for `tidemark export adopt`")
    commands.add_parser("rebuild", help="make a table again from the table events").add_argument("table")
    star = commands.add_parser("star", help="write dimensions and facts as Parquet")
    star.add_argument("folder", help="a folder, or s3://bucket/prefix")
    given = parser.parse_args()
    config = Config()
    if given.command in ("follow", "finish"):
        config.need_brokers()
    run(open_session(config), config, given)


def run(spark, config, given):
    if given.command == "follow":
        follow(spark, config, given.max_records, given.every)
    elif given.command == "finish":
        finish(spark, config)
    elif given.command == "rebuild":
        rebuild(spark, config, given.table)
    else:
        make_star(spark, config, given.folder)
    spark.stop()


main()
