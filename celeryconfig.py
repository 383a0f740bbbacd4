"""Celery's configuration: broker, queues and routes, derived from ORDER_STEPS in the settings.

Every process (web, worker, programs of your own) must load this same declaration: queue arguments can't be
changed on a live queue, and Celery decides by it whether to use quorum queues.
"""

import os

import django
from django.apps import apps
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

from orders.messaging.broker_folder import make_folders
from orders.messaging.celery_commands import refuse
from orders.messaging.names import Named
from orders.messaging.queues import DESK, work_queue
from shop.refusal import in_one_line

# `celery status` and its like without `-A shop`, in this folder: Celery finds this file by itself.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
refuse()
with in_one_line():
    settings.BROKER_URL  # noqa: B018 - reads all settings, the first time.
if not (apps.ready or apps.loading):
    django.setup()

# --- Broker ---------------------------------------------------------------------------------------
if settings.BROKER_EMBEDDED:
    with in_one_line():
        make_folders(settings.BROKER_DIR)
    TRANSPORT_ALIASES["filesystem"] = "orders.messaging.embedded:Transport"
    broker_url = "filesystem://"
    broker_transport_options = {
        "data_folder_in": str(settings.BROKER_DIR / "messages"),
        "data_folder_out": str(settings.BROKER_DIR / "messages"),
        "control_folder": str(settings.BROKER_DIR / "control"),
        "polling_interval": 0.2,
    }
else:
    broker_url = settings.BROKER_URL
    broker_transport_options = {"confirm_publish": True, "client_properties": Named()}
broker_connection_timeout = 3
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_channel_error_retry = True  # A queue that is another program's ends the worker all the same: worker/exits.py.
broker_heartbeat = 30

# --- Queues and routes ----------------------------------------------------------------------------
task_create_missing_queues = False
task_default_queue = DESK
task_queues = [work_queue(name) for name in (*settings.ENABLED_STEPS, DESK)]
task_routes = {task: {"queue": settings.STEP_QUEUES[name]} for name, task in settings.STEP_TASKS.items()}
# The files in which the tasks are: a task's name begins with the first one it stood in.
_files = (settings.MOVED_TASKS.get(task, task.rpartition(".")[0]) for task in settings.STEP_TASKS.values())
_periodic = (task.rpartition(".")[0] for task in settings.PERIODIC_TASKS)
imports = sorted({"orders.tasks", "shop.operations.tasks", *_files, *_periodic})

# --- Delivery: nothing is acknowledged before its work is done ------------------------------------
task_acks_late = True
task_reject_on_worker_lost = True
task_default_delivery_mode = "persistent"
task_serializer = result_serializer = "json"
accept_content = ["json"]
task_time_limit = settings.STEP_TIME_LIMIT.total_seconds()
task_soft_time_limit = task_time_limit * 0.9
# Retries live in the database (Step.due_at): no countdowns, no publishing policy that blocks a caller.
task_publish_retry = False
task_ignore_result = True
result_backend = "orders.chord_backend:StepRows"

# --- Worker ---------------------------------------------------------------------------------------
worker_consumer = "orders.messaging.worker.consumer:Consumer"
worker_concurrency = settings.WORKER_CONCURRENCY
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
# Connections are kept between tasks and checked (orders/messaging/task.py). Celery alone would open one for each task.
CELERY_DB_REUSE_MAX = 10**9
