"""A table of the lake: how far it has the log, and commits that say so.

Each commit has the position and offset of every partition in its summary. So a table alone says what it has,
and no checkpoint outside the lake could disagree with it.
"""

import json

from pyspark.sql.functions import col, lit

# Table property: the exporter has handed the lake over. JSON: cut, through (position), recordedAt (Unix ms).
HANDED_OVER = "tidemark.handed-over"
# Table property: the exporter is taking the lake back.
ADOPTING = "tidemark.adopting"
# Table property: every table has the log up to this position and none has more.
FINISHED = "tidemark.spark.finished"
# Snapshot summary: number of the cut of the hand-over, and JSON {"topic-partition": [position, offset]}.
TERM = "tidemark.spark.term"
MARKS = "tidemark.spark.marks"
CUT = "tidemark.cut"


class NotHandedOver(Exception):
    """The exporter has the lake, or is taking it back."""


class Table:
    """A table as it is now. `refresh` reads it again."""

    def __init__(self, spark, identifier):
        self.spark = spark
        self.identifier = identifier
        utilities = spark._jvm.org.apache.iceberg.spark.Spark3Util
        self.java = utilities.loadIcebergTable(spark._jsparkSession, identifier)
        self._read()

    def refresh(self):
        """Reads the table again, as after another job's commit."""
        self.java.refresh()
        self._read()

    def _read(self):
        properties = self.java.properties()
        said = properties.get(HANDED_OVER)
        if said is None or properties.get(ADOPTING) is not None:
            raise NotHandedOver(
                f"{self.identifier} is the exporter's. Stop the exporter and run `tidemark export handover`."
            )
        handed_over = json.loads(said)
        self.term = str(handed_over["cut"])
        self.floor = handed_over["through"]
        self.floor_recorded_at = handed_over["recordedAt"]
        self.finished = properties.get(FINISHED)
        current = self.java.currentSnapshot()
        self.snapshot = None if current is None else current.snapshotId()
        self.marks, self.is_certain = self._marks(current)

    def _marks(self, snapshot):
        """How far each partition is in the table, and whether the snapshots still say so."""
        while snapshot is not None:
            summary = snapshot.summary()
            if summary.get(TERM) == self.term:
                return json.loads(summary.get(MARKS)), True
            if summary.get(CUT) is not None:
                return {}, True
            parent = snapshot.parentId()
            if parent is None:
                return {}, True
            snapshot = self.java.snapshot(parent)
        # Without a snapshot there is no row. Else the snapshot that had the marks has expired.
        return {}, self.snapshot is None

    def position(self, partition):
        """Position up to which the table has the log of a partition, such as `orders-0`."""
        return max(self.marks.get(partition, [""])[0], self.floor)

    def without_known(self, rows):
        """Leaves out rows that the table has, where its snapshots do not say any more what it has."""
        if self.is_certain:
            return rows
        known = self.spark.table(self.identifier).where(col("position") > self.floor).select("position")
        return rows.join(known.distinct(), "position", "left_anti")

    def append(self, rows, marks):
        """Adds rows in one commit, unless another writer has added some since the table was read.

        :param marks: what the table has of each partition with these rows
        :raises Py4JJavaError: ValidationException, when another writer was first
        """
        # Replaces no row. Only a commit that overwrites may say from which snapshot on nobody else may add.
        self._write(self.without_known(rows), self._further(marks), lit(False))

    def _further(self, marks):
        """The marks with those of newer records. Records that came again are older, and set none back."""
        return self.marks | {name: max(mark, self.marks.get(name, mark)) for name, mark in marks.items()}

    def replace(self, rows, marks):
        """Puts rows in place of all that there are, on the same conditions."""
        self._write(rows, marks, lit(True))

    def _write(self, rows, marks, replaced):
        names = [field.name for field in self.spark.table(self.identifier).schema]
        writer = (
            rows.select(*names).writeTo(self.identifier)
            .option("check-nullability", "false")
            .option("isolation-level", "serializable")
            .option("fanout-enabled", "true")
            .option(f"snapshot-property.{TERM}", self.term)
            .option(f"snapshot-property.{MARKS}", json.dumps(marks, separators=(",", ":")))
        )
        if self.snapshot is not None:
            writer = writer.option("validate-from-snapshot-id", str(self.snapshot))
        writer.overwrite(replaced)
        self.refresh()

    def set(self, name, value):
        """Sets a property of the table; None removes it."""
        update = self.java.updateProperties()
        (update.remove(name) if value is None else update.set(name, value)).commit()
        self.refresh()
