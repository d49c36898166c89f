"""Prints as JSON what Airflow makes of a folder of DAGs.

With the type and the hour of a run it also executes the tasks, and prints what they did.
"""

import json
import logging
import sys
from datetime import datetime, timezone
from types import SimpleNamespace

from airflow.exceptions import AirflowSkipException
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
        "network": getattr(task, "network_mode", None),
        "mounts": mounts(task),
        "after": sorted(task.upstream_task_ids),
        "retries": task.retries,
        "backoff": bool(task.retry_exponential_backoff),
        "retryDelay": seconds(task.retry_delay),
        "maxRetryDelay": seconds(task.max_retry_delay),
        "timeout": seconds(task.execution_timeout),
    }


def mounts(task):
    """What is mounted where: of Docker, or the persistent volume claims of Kubernetes."""
    claims = {
        volume.name: volume.persistent_volume_claim.claim_name
        for volume in getattr(task, "volumes", [])
        if volume.persistent_volume_claim
    }
    mounts = {
        mount["Target"]: f"{mount['Type']} {mount['Source']}" for mount in getattr(task, "mounts", [])
    }
    return mounts | {
        mount.mount_path: f"claim {claims[mount.name]}"
        for mount in getattr(task, "volume_mounts", [])
        if mount.name in claims
    }


def run(dag, run_type, hour):
    """Executes the tasks in this process, in order, up to the first that fails.

    Returns the ids of the tasks that were skipped, and the failure.
    """
    run = SimpleNamespace(run_type=run_type, logical_date=datetime(2026, 1, 1, hour, tzinfo=timezone.utc))
    skipped = []
    for task in dag.topological_sort():
        try:
            if task._pre_execute_hook:
                task._pre_execute_hook({"dag_run": run})
            task.execute({})
        except AirflowSkipException:
            skipped.append(task.task_id)
        except Exception as error:
            dag.on_failure_callback({"dag": dag, "run_id": "manual", "reason": "task_failure"})
            return {"skipped": skipped, "failed": f"{task.task_id}: {type(error).__name__}"}
    return {"skipped": skipped, "failed": None}


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
if sys.argv[2:]:
    [run_type, hour] = sys.argv[2:]
    answer |= run(next(iter(bag.dags.values())), run_type, int(hour))
print("\n" + json.dumps(answer))
