"""Makes a table again from the table `events`."""

from pyspark.sql import functions as F

from .datasets import DATASETS
from .session import name_of
from .settings import settings_of_lake
from .take import BAD_ROWS, LAST, Lake
from .window import Window

LOG = """
SELECT position, id, stream, revision, event_type AS type, unix_micros(occurred_at) AS occurred_at,
       unix_micros(recorded_at) AS recorded_at, data, metadata
  FROM {events}
"""


def rebuild(spark, config, name):
    """Replaces the rows of a table by those that its dataset makes of all events, in one commit.

    Events that the table of bad rows says were refused stay out, as the exporter leaves them out.
    :raises SystemExit: when there is no such table, or the dataset refuses other events today
    """
    known = {each["name"]: each for each in DATASETS if each["name"] != LAST}
    if name not in known:
        raise SystemExit(f"There is no table {name} to rebuild. Those are: {', '.join(known)}.")
    lake = Lake(spark, config)
    settings = settings_of_lake(spark, config)
    if settings is None:
        raise SystemExit("The table settings has no row yet: let `follow` take it from the topics.")
    log = spark.sql(LOG.format(events=name_of(config, LAST)))
    types = known[name]["types"]
    events = log.where(F.col("type").isin(list(types))) if types else log
    window = Window(events, settings, types or set(), [known[name]])
    try:
        refused = refused_before(spark, config, name)
        new = sorted(row.position for row in window.refused if row.position not in refused)
        if new:
            raise SystemExit(
                f"{name} refuses {len(new)} events that it took before, the first at {new[0]}. "
                "Nothing was changed."
            )
        rows = window.rows(known[name])
        out = spark.createDataFrame([(each,) for each in refused], "position STRING")
        lake.tables[name].replace(rows.join(out, "position", "left_anti"), lake.events.marks)
    finally:
        window.close()
    print(f"{name} was made again", flush=True)


def refused_before(spark, config, name):
    """Positions of events that a dataset has refused and has not taken since."""
    rows = (
        spark.table(name_of(config, BAD_ROWS)).where(F.col("dataset") == name).groupBy("position")
        .agg(F.max(F.col("outcome") == "REDRIVEN").alias("redriven")).where(~F.col("redriven")).collect()
    )
    return {row.position for row in rows}
