"""The rows of some events in every dataset."""

from pyspark import StorageLevel

from .datasets import DATASETS, ODD, PARSED
from .session import interpreted

BAD_ROWS = """
SELECT r.dataset, 'REFUSED' AS outcome, r.reason, l.type AS event_type, l.stream, l.revision, l.position,
       l.data AS payload, timestamp_micros(l.recorded_at) AS recorded_at,
       CAST(timestamp_micros(l.recorded_at) AS DATE) AS recorded_date
  FROM refused r JOIN log l ON l.position = r.position
"""


class Window:
    """Events as the view `log`, and what the datasets make of them. To be closed."""

    def __init__(self, events, settings, types, datasets=DATASETS):
        """:param settings: the named parameters of the statements; :param types: those of the events"""
        self.spark = events.sparkSession
        self.settings = settings
        self.concerned = [each for each in datasets if each["types"] is None or types & each["types"]]
        events.createOrReplaceTempView("log")
        self.parsed = self._sql(PARSED).persist(StorageLevel.MEMORY_AND_DISK)
        self.parsed.createOrReplaceTempView("parsed")
        self.refused = self._refused()

    def close(self):
        self.parsed.unpersist()

    def rows(self, dataset):
        """The rows of a dataset, without those of events that it refuses."""
        rows = self._sql(dataset["rows"])
        refused = [(row.position,) for row in self.refused if row.dataset == dataset["name"]]
        if not refused:
            return rows
        return rows.join(self.spark.createDataFrame(refused, "position STRING"), "position", "left_anti")

    def bad_rows(self):
        """Rows of `bad_rows`: events that a dataset refuses; None where there is none."""
        if not self.refused:
            return None
        self._show(self.refused, "refused", "dataset STRING, position STRING, reason STRING")
        return self._sql(BAD_ROWS)

    def _refused(self):
        """Which events are refused, and why. Few are suspects, and the reasons take long."""
        suspects = self._union("suspects", self.concerned)
        if not suspects:
            return []
        self._show(suspects, "suspects", "dataset STRING, position STRING")
        self._sql(ODD).createOrReplaceTempView("odd")
        names = {row.dataset for row in suspects}
        with interpreted(self.spark):
            return self._union("refused", [each for each in self.concerned if each["name"] in names])

    def _union(self, query, datasets):
        return self._sql(" UNION ALL ".join(each[query] for each in datasets)).collect() if datasets else []

    def _show(self, rows, view, columns):
        self.spark.createDataFrame(rows, columns).createOrReplaceTempView(view)

    def _sql(self, statement):
        return self.spark.sql(statement, args=self.settings)
