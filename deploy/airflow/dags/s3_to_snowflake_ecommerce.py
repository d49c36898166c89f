"""
### From the lake to the warehouse

Brings the warehouse up to date with the lake every hour, and compares both with the event store once a day.
Runs come one at a time.

| task | command | what it does |
|---|---|---|
| `init` | `tidemark warehouse init` | makes what is missing of the tables and views |
| `load` | `tidemark warehouse load` | loads files that are not in the load ledger, in one transaction |
| `verify` | `tidemark warehouse verify` | compares counts and money by dataset and day, once a day |

`verify` reads the whole log of the event store, so it runs in one run of the day and in runs that are started
by hand. It fails where event store, lake and warehouse disagree, and names the position.

Every command may be repeated at any time, so a task that failed is simply run again. A load takes whatever
the lake has, so runs that were missed need not be made up for.

Settings are environment variables of the scheduler and of the workers. The README of deploy/airflow lists
them.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import urllib.request
from datetime import datetime, timedelta, timezone

from airflow.exceptions import AirflowSkipException

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG

log = logging.getLogger(__name__)

#: Where the commands run: bash (on the worker), docker or kubernetes.
RUNNER = os.environ.get("TIDEMARK_RUNNER", "bash")
#: The image where the runner is docker or kubernetes.
IMAGE = os.environ.get("TIDEMARK_IMAGE", "tidemark:latest")
#: Docker: the network that the containers join.
NETWORK = os.environ.get("TIDEMARK_NETWORK")
#: The data folder that stays: a volume of Docker, made where it is missing, or a persistent volume claim of
#: Kubernetes.
VOLUME = os.environ.get("TIDEMARK_VOLUME", "")
DATA_FOLDER = "/data"
#: The image runs as this user.
USER_ID = 1000
#: Kubernetes: where the pods run, and the secret whose entries become their environment, and files for a
#: private key.
NAMESPACE = os.environ.get("TIDEMARK_NAMESPACE", "default")
SECRET = os.environ.get("TIDEMARK_SECRET", "tidemark")
SECRET_FOLDER = "/run/secrets/tidemark"
#: Failures are posted here as JSON {"text": ...}, as the webhooks of Slack and Mattermost take it.
ALERT_URL = os.environ.get("TIDEMARK_ALERT_URL", "")

#: Variables that a container gets from the worker, or the beginnings of their names: all that
#: `tidemark warehouse` reads, but for TIDEMARK_DATA_DIR, which the image sets.
PASSED = (
    "DATABASE_URL",
    "EVENT_STORE_",
    "LAKE_",
    "S3_ENDPOINT",
    "AWS_",
    "ICEBERG_REST_",
    "HOLIDAYS_PATH",
    "SNOWFLAKE_",
    "LOG_LEVEL",
)
#: How the names of variables end that hold the path of a file.
FILES = ("_PATH", "_FILE")

#: How long a task may take, in minutes. A first load of a big lake is the longest.
MINUTES = {"init": 10, "load": 50, "verify": 120}


def hour(name: str, default: str) -> int:
    text = os.environ.get(name, default)
    if not text.isdecimal() or int(text) > 23:
        raise ValueError(f"{name} is an hour from 0 to 23, not {text!r}")
    return int(text)


#: The run of this hour of the day, in UTC, verifies.
VERIFY_HOUR = hour("TIDEMARK_VERIFY_HOUR", "3")


def command() -> str:
    """The command line of the program where the runner is bash.

    npx is refused: it could fetch another program of that name from a registry.
    """
    text = os.environ.get("TIDEMARK_COMMAND", "")
    words = shlex.split(text)
    if not words or not os.path.isabs(words[0]) or "npx" in map(os.path.basename, words):
        raise ValueError(
            "TIDEMARK_COMMAND is what starts the program, by its absolute path and without npx, "
            f"such as /opt/tidemark/bin/tidemark.js, not {text!r}"
        )
    return text


def settings() -> dict[str, str]:
    """The variables of the worker that the program reads."""
    return {name: value for name, value in os.environ.items() if name.startswith(PASSED)}


def alert(context) -> None:
    """Posts that a run failed or took too long. An alert that cannot be delivered is only logged."""
    text = f"{context['dag'].dag_id}, run {context['run_id']}, failed: {context.get('reason')}"
    log.error(text)
    if not ALERT_URL:
        return
    try:
        request = urllib.request.Request(
            ALERT_URL,
            data=json.dumps({"text": text}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):
            pass
    except (OSError, ValueError) as error:
        log.warning("The alert could not be delivered: %s", error)


def once_a_day(context) -> None:
    """Skips the task in the scheduled runs of all hours but one."""
    run = context["dag_run"]
    if run.run_type == "scheduled" and run.logical_date.hour != VERIFY_HOUR:
        raise AirflowSkipException(f"The run of {VERIFY_HOUR}:00 UTC verifies")


def warehouse(step: str, pre_execute=None):
    """The task that runs `tidemark warehouse <step>`."""
    common = {
        "task_id": step,
        "execution_timeout": timedelta(minutes=MINUTES[step]),
        "pre_execute": pre_execute,
        "doc_md": f"Runs `tidemark warehouse {step}`.",
    }
    if RUNNER == "bash":
        try:
            from airflow.providers.standard.operators.bash import BashOperator
        except ImportError:  # Airflow 2 without the provider
            from airflow.operators.bash import BashOperator

        return BashOperator(bash_command=f"{command()} warehouse {step}", **common)
    arguments = ["bin/tidemark.js", "warehouse", step]
    if RUNNER == "docker":
        from airflow.providers.docker.operators.docker import DockerOperator
        from docker.types import Mount

        files = {path for name, path in settings().items() if name.endswith(FILES)}
        # private: their values are shown nowhere
        return DockerOperator(
            image=IMAGE,
            command=shlex.join(["node", *arguments]),
            private_environment=settings(),
            network_mode=NETWORK,
            mounts=[
                Mount(target=DATA_FOLDER, source=VOLUME or "tidemark-warehouse", type="volume"),
                *(Mount(target=path, source=path, type="bind", read_only=True) for path in sorted(files)),
            ],
            auto_remove="force",
            mount_tmp_dir=False,
            **common,
        )
    if RUNNER == "kubernetes":
        from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
        from kubernetes.client import models

        claim = models.V1PersistentVolumeClaimVolumeSource(claim_name=VOLUME)
        data = models.V1Volume(name="data", persistent_volume_claim=claim)
        return KubernetesPodOperator(
            name=f"tidemark-warehouse-{step}",
            namespace=NAMESPACE,
            image=IMAGE,
            cmds=["node"],
            arguments=arguments,
            env_from=[models.V1EnvFromSource(secret_ref=models.V1SecretEnvSource(name=SECRET))],
            volumes=[
                models.V1Volume(
                    name="tidemark", secret=models.V1SecretVolumeSource(secret_name=SECRET)
                ),
                *([data] if VOLUME else []),
            ],
            volume_mounts=[
                models.V1VolumeMount(name="tidemark", mount_path=SECRET_FOLDER, read_only=True),
                *([models.V1VolumeMount(name="data", mount_path=DATA_FOLDER)] if VOLUME else []),
            ],
            # A volume is root's otherwise.
            security_context=models.V1PodSecurityContext(fs_group=USER_ID),
            on_finish_action="delete_pod",
            **common,
        )
    raise ValueError(f"TIDEMARK_RUNNER is bash, docker or kubernetes, not {RUNNER!r}")


with DAG(
    dag_id="s3_to_snowflake_ecommerce",
    description="Tidemark: the lake on S3 into the warehouse, compared with the event store",
    doc_md=__doc__,
    schedule="@hourly",
    start_date=datetime(2025, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    # A run that hangs would hold back the next ones.
    dagrun_timeout=timedelta(hours=6),
    default_args={
        "owner": "tidemark",
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=15),
    },
    # Of the run, not of its tasks: a run that took too long ends without a task that failed.
    on_failure_callback=alert,
    tags=["tidemark", "warehouse"],
) as dag:
    warehouse("init") >> warehouse("load") >> warehouse("verify", once_a_day)
