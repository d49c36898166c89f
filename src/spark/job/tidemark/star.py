"""The star schema of the lake, made anew: dimensions and facts as `tidemark warehouse load` makes them."""

from .datasets import DATASETS
from .session import name_of
from .star_sql import DATE_KEYS, STAR

# Without holidays, which are configuration of a warehouse.
DATES = """
SELECT CAST(date_format(date, 'yyyyMMdd') AS INT) AS date_key, date, year(date) AS year,
       quarter(date) AS quarter, month(date) AS month, date_format(date, 'MMMM') AS month_name,
       CAST(date_trunc('MONTH', date) AS DATE) AS month_start, day(date) AS day_of_month,
       weekofyear(date) AS week, CAST(extract(YEAROFWEEK FROM date) AS INT) AS week_year,
       CAST(extract(DAYOFWEEK_ISO FROM date) AS INT) AS day_of_week,
       date_format(date, 'EEEE') AS day_name, extract(DAYOFWEEK_ISO FROM date) > 5 AS is_weekend,
       FALSE AS is_holiday, CAST(NULL AS STRING) AS holiday_name
  FROM (SELECT explode(sequence(make_date(min(date_key) DIV 10000, 1, 1),
                                make_date(max(date_key) DIV 10000, 12, 31))) AS date
          FROM ({keys}) WHERE date_key IS NOT NULL)
"""


def make_star(spark, config, folder):
    """Writes dimensions and facts as Parquet below a folder or s3:// address, replacing those of before."""
    for name in [each["name"] for each in DATASETS]:
        spark.table(name_of(config, name)).createOrReplaceTempView(f"stg_{name}")
    for table in STAR:
        spark.sql(table["ids"]).createOrReplaceTempView(table["ids_name"])
        write(spark.sql(table["rows"]), folder, table["name"])
        # Later tables read this one as it was written.
        spark.read.parquet(f"{folder}/{table['name']}").createOrReplaceTempView(table["name"])
    write(spark.sql(DATES.format(keys=DATE_KEYS)), folder, "dim_date")


def write(rows, folder, name):
    rows.write.mode("overwrite").parquet(f"{folder}/{name}")
    print(f"{name} is in {folder}/{name}", flush=True)
