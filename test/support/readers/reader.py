"""Answers questions about Iceberg tables, one JSON object a line, by pyiceberg and DuckDB's own extension."""

import json
import sys

import duckdb
from duckdb_extensions import import_extension
from pyiceberg.catalog import load_catalog
from pyiceberg.table import StaticTable

connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
for extension in ("httpfs", "avro", "iceberg"):
    import_extension(extension, con=connection)
    connection.execute(f"LOAD {extension}")


def table_of(question):
    if "catalog" in question:
        return load_catalog("rest", type="rest", **question["catalog"]).load_table(question["table"])
    return StaticTable.from_metadata(question["metadata"], question.get("properties", {}))


def scan(question):
    options = {"row_filter": question["filter"]} if "filter" in question else {}
    if "snapshot" in question:
        options["snapshot_id"] = int(question["snapshot"])
    scan = table_of(question).scan(**options)
    return {"rows": scan.to_arrow().to_pylist(), "plannedFiles": len(list(scan.plan_files()))}


def schema(question):
    fields = table_of(question).schema().fields
    return [
        {"id": f.field_id, "name": f.name, "type": str(f.field_type), "required": f.required}
        for f in fields
    ]


def inspect(question):
    """One of pyiceberg's metadata tables: snapshots, manifests, entries, files, history."""
    rows = getattr(table_of(question).inspect, question["what"])().to_pylist()
    return [{k: v for k, v in row.items() if k != "data_file" or question.get("files")} for row in rows]


def sql(question):
    cursor = connection.execute(question["sql"])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


ANSWERS = {"scan": scan, "schema": schema, "inspect": inspect, "sql": sql}

print("ready", flush=True)
for line in sys.stdin:
    try:
        question = json.loads(line)
        answer = {"answer": ANSWERS[question["ask"]](question)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer, default=str), flush=True)
