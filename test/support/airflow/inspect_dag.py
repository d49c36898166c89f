"""Prints as JSON what Airflow makes of a folder of DAGs; with `run`, what each task of one does, too."""

import json
import logging
import sys

from airflow.models.dagbag import DagBag


def seconds(delta):
    return delta.total_seconds()


def described(task):
    return {
        "id": task.task_id,
        "operator": type(task).__name__,
        "command": getattr(task, "bash_command", None)
        or getattr(task, "command", None)
        or [*getattr(task, "cmds", []), *getattr(task, "arguments", [])],
        "environment": getattr(task, "_private_environment", {}),
        "mounts": [mount["Target"] for mount in getattr(task, "mounts", [])],
        "after": sorted(task.upstream_task_ids),
        "retries": task.retries,
        "backoff": bool(task.retry_exponential_backoff),
        "retryDelay": seconds(task.retry_delay),
        "maxRetryDelay": seconds(task.max_retry_delay),
        "timeout": seconds(task.execution_timeout),
    }


def run(dag):
    """Executes the tasks in this process, in their order, up to one that fails."""
    for task in dag.topological_sort():
        try:
            task.execute({})
        except Exception as error:
            dag.on_failure_callback({"dag": dag, "run_id": "manual", "reason": "task_failure"})
            return f"{task.task_id}: {type(error).__name__}"
    return None


logging.disable(logging.CRITICAL)
bag = DagBag(sys.argv[1], include_examples=False)
answer = {
    "errors": [error.strip().splitlines()[-1] for error in bag.import_errors.values()],
    "dags": [
        {
            "id": dag.dag_id,
            "schedule": dag.schedule,
            "catchup": dag.catchup,
            "maxActiveRuns": dag.max_active_runs,
            "timeout": seconds(dag.dagrun_timeout),
            "doc": dag.doc_md,
            "tasks": [described(task) for task in dag.topological_sort()],
        }
        for dag in bag.dags.values()
    ],
}
if sys.argv[2:] == ["run"]:
    answer["failed"] = run(next(iter(bag.dags.values())))
print("\n" + json.dumps(answer))
