"""Checks Snowflake SQL with sqlglot and fakesnow.

Reads one question from stdin and writes one answer to stdout, both JSON.
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")


def parse(statements):
    """What sqlglot's Snowflake dialect says against each statement; null where nothing."""
    import logging

    import sqlglot
    from sqlglot.errors import SqlglotError

    complaints = []
    logger = logging.getLogger("sqlglot")
    for statement in statements:
        said = []
        handler = logging.Handler()
        handler.emit = lambda record, said=said: said.append(record.getMessage())
        logger.addHandler(handler)
        try:
            root = sqlglot.parse_one(statement, read="snowflake", error_level=sqlglot.ErrorLevel.RAISE)
            # A statement that it does not know is let pass as a command, with a warning, or as two words.
            unknown = isinstance(root, (sqlglot.exp.Alias, sqlglot.exp.Column))
            complaints.append(said[0] if said else "no statement" if unknown else None)
        except SqlglotError as error:
            complaints.append(str(error))
        finally:
            logger.removeHandler(handler)
    return complaints


def run(steps, queries):
    """Runs statements in fakesnow, and answers the rows of each query as text by column."""
    import fakesnow
    import snowflake.connector

    with fakesnow.patch():
        connection = snowflake.connector.connect(database="SHOP", schema="PUBLIC")
        cursor = connection.cursor()
        for step in steps:
            try:
                cursor.execute(step)
            except Exception as error:
                raise RuntimeError(f"{error}\nin: {step}") from error
        answers = []
        for query in queries:
            cursor.execute(query)
            names = [column[0].lower() for column in cursor.description]
            answers.append(
                [
                    {name: None if value is None else str(value) for name, value in zip(names, row)}
                    for row in cursor.fetchall()
                ]
            )
        return answers


question = json.load(sys.stdin)
try:
    if "parse" in question:
        answer = parse(question["parse"])
    else:
        answer = run(question["run"], question["queries"])
    json.dump({"answer": answer}, sys.stdout)
except Exception as error:
    json.dump({"error": f"{type(error).__name__}: {error}"}, sys.stdout)
