"""Takes records of the topics to every table, each event once."""

from pyspark import StorageLevel
from pyspark.sql import functions as F

from .datasets import DATASETS
from .kafka import TICK, log_of
from .session import interpreted, name_of
from .table import Table
from .window import Window

# Last: what it has, every other table has. So the next start reads the topics from there.
LAST = "events"
BAD_ROWS = "bad_rows"
# Events that take less time than compiling the statements for them.
FEW = 20_000


class Lake:
    """The tables of the lake."""

    def __init__(self, spark, config):
        self.spark = spark
        names = [each["name"] for each in DATASETS] + [BAD_ROWS]
        self.tables = {name: Table(spark, name_of(config, name)) for name in names}

    @property
    def events(self):
        return self.tables[LAST]

    def refresh(self):
        for table in self.tables.values():
            table.refresh()

    def take(self, records, settings, until=None):
        """Adds the rows of records to every table that lacks them.

        :param settings: named parameters of statements
        :param until: position behind which events are left out
        """
        log = log_of(records).persist(StorageLevel.MEMORY_AND_DISK)
        try:
            found = Found(log, until)
            if found.types:
                with interpreted(log.sparkSession, found.events_count < FEW):
                    self._take(found.events(log, until), found, settings)
        finally:
            log.unpersist()

    def _take(self, events, found, settings):
        window = Window(events, settings, found.types)
        try:
            names = [each["name"] for each in window.concerned if each["name"] != LAST]
            by_name = {each["name"]: each for each in window.concerned}
            for name in names:
                self._add(name, events, window.rows(by_name[name]), found)
            bad_rows = window.bad_rows()
            if bad_rows is not None:
                self._add(BAD_ROWS, events, bad_rows, found)
            self._add(LAST, events, window.rows(by_name[LAST]), found)
        finally:
            window.close()

    def _add(self, name, events, rows, found):
        table = self.tables[name]
        known = found.known_to(table, events)
        if known is not None:
            rows = rows.join(known, "position", "left_anti")
        table.append(rows, found.marks)


class Found:
    """What some records are: how far they go in each partition, and which types of events they have."""

    def __init__(self, log, until=None):
        """:param until: position behind which events are left out"""
        taken = F.lit(True) if until is None else F.col("position") <= until
        rows = (
            log.where(F.col("position") != "").groupBy("topic", "partition", "type")
            .agg(
                F.max("position").alias("reach"),
                F.min("position").alias("first"),
                F.max(F.when(taken, F.struct("position", "offset"))).alias("mark"),
                F.count(F.lit(1)).alias("records"),
                F.count_distinct("position").alias("positions"),
            ).collect()
        )
        self.marks, self.reach, self.first = {}, {}, {}
        self.types, self.has_duplicates, self.events_count = set(), False, 0
        for row in rows:
            partition = f"{row.topic}-{row.partition}"
            self.reach[partition] = max(row.reach, self.reach.get(partition, ""))
            if row.mark is not None:
                mark = [row.mark.position, row.mark.offset]
                self.marks[partition] = max(mark, self.marks.get(partition, ["", -1]))
            if row.type != TICK:
                self.first[partition] = min(row.first, self.first.get(partition, row.first))
                self.types.add(row.type)
                self.events_count += row.records
                self.has_duplicates |= row.records != row.positions

    def events(self, log, until):
        """The events of the records, each once."""
        events = log.where(F.col("type") != TICK)
        if until is not None:
            events = events.where(F.col("position") <= until)
        return events.dropDuplicates(["position"]) if self.has_duplicates else events

    def known_to(self, table, events):
        """The positions of events that a table has already; None when it has none of them for sure."""
        known = {partition: table.position(partition) for partition in self.first}
        if all(first > known[partition] for partition, first in self.first.items()):
            return None
        pairs = [F.lit(each) for pair in known.items() for each in pair]
        name = F.concat_ws("-", "topic", F.col("partition").cast("string"))
        return events.where(F.col("position") <= F.create_map(*pairs)[name]).select("position")
