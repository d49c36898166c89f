"""Follows the topics, from where the lake is."""

import json
import tempfile
import time

from .kafka import Offsets, log_of, nested, options, read
from .settings import settings_of
from .table import FINISHED
from .take import Found, Lake

# Clocks of brokers and of the store may differ by less than this.
CLOCKS_MS = 3_600_000
TICKS_WITHIN_SECONDS = 120


def follow(spark, config, max_records, every):
    """Takes what the topics have, and what comes. Ends with an error only; the next start goes on exactly."""
    lake, offsets = Lake(spark, config), Offsets(spark, config)
    if lake.events.finished is not None:
        for table in lake.tables.values():
            table.set(FINISHED, None)
    settings = settings_of(spark, config, offsets)
    query = (
        spark.readStream.format("kafka").options(**options(config))
        .option("startingOffsets", json.dumps(nested(first_offsets(spark, config, lake, offsets))))
        .option("maxOffsetsPerTrigger", max_records)
        .load().writeStream
        # The lake says where to go on, so the checkpoint lives as long as the job.
        .option("checkpointLocation", "file://" + tempfile.mkdtemp())
        .trigger(processingTime=f"{every} seconds")
        .foreachBatch(lambda records, _: lake.take(records, settings))
        .start()
    )
    query.awaitTermination()


def finish(spark, config):
    """Takes every table to one position, so that the exporter can go on behind it.

    No other job may run. The bridge must: its ticks say that a partition has the log up to there.
    :raises SystemExit: when the partitions do not come to that position in time
    """
    lake, offsets = Lake(spark, config), Offsets(spark, config)
    settings = settings_of(spark, config, offsets)
    until = max(
        [table.floor for table in lake.tables.values()]
        + [mark[0] for table in lake.tables.values() for mark in table.marks.values()]
    )
    records = records_through(spark, config, lake, offsets, until)
    lake.take(records, settings, until)
    for table in lake.tables.values():
        table.set(FINISHED, until)
    print(f"Every table has the log up to {until}. Now run `tidemark export adopt`.", flush=True)


def records_through(spark, config, lake, offsets, until):
    """The records behind the lake, when every partition says that it has the log up to a position."""
    starting = first_offsets(spark, config, lake, offsets)
    give_up = time.monotonic() + TICKS_WITHIN_SECONDS
    while True:
        ending = offsets.ends()
        records = read(spark, config, nested(starting), nested(ending))
        reach = Found(log_of(records)).reach
        # A partition that the bridge does not use has no record at all.
        behind = [name for name, end in ending.items() if end > 0 and reach.get(name, "") < until]
        if not behind:
            return records
        if time.monotonic() > give_up:
            raise SystemExit(f"No record of {', '.join(behind)} says {until}: does the bridge run?")
        time.sleep(1)


def first_offsets(spark, config, lake, offsets):
    """The offset to begin at in each partition, by `topic-partition`."""
    earliest, ends, marks = offsets.earliest(), offsets.ends(), lake.events.marks
    floor = lake.events.floor
    fresh = offsets.since(lake.events.floor_recorded_at - CLOCKS_MS) if floor else earliest
    at = {name: offset for name, (_, offset) in marks.items() if earliest[name] <= offset < ends[name]}
    found = positions_at(spark, config, earliest, at)
    starting = {}
    for name in earliest:
        if name not in marks:
            starting[name] = fresh[name]
            continue
        position, offset = marks[name]
        if earliest[name] > offset + 1:
            raise SystemExit(
                f"{name} has no records before offset {earliest[name]} any more, and the lake has only those "
                f"up to {offset}. Put them back, or begin a lake in an empty place; and keep records longer."
            )
        # Where another record stands there, the topic was deleted and filled again.
        same = name not in at and offset + 1 == earliest[name] or found.get(name) == position
        starting[name] = max(offset, earliest[name]) if same else earliest[name]
    return starting


def positions_at(spark, config, earliest, at):
    """The position of the record at an offset of each partition."""
    if not at:
        return {}
    starting = {**earliest, **at}
    ending = {**earliest, **{name: offset + 1 for name, offset in at.items()}}
    rows = log_of(read(spark, config, nested(starting), nested(ending))).collect()
    return {f"{row.topic}-{row.partition}": row.position for row in rows}
