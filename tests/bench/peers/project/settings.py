"""A shop of ten files: orders as the desk's tables have them, and one of four ways to get their steps done.

PEER is procrastinate, tasks, dramatiq or claims; PEER_DATABASE, PEER_BROKER and PEER_EFFECTS are what the bench gives
it.
"""

import json
import os

PEER = os.environ["PEER"]
DATABASES = {"default": json.loads(os.environ["PEER_DATABASE"])}
BROKER_URL = os.environ["PEER_BROKER"]
EFFECTS = os.environ["PEER_EFFECTS"]
EFFECT_SECONDS = float(os.environ.get("PEER_EFFECT_SECONDS", "0"))

SECRET_KEY = "only-for-benches"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "urls"
FURTHER = {"procrastinate": ["procrastinate.contrib.django"], "tasks": ["django_tasks_db"]}
OWN = ["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "peershop"]
INSTALLED_APPS = [*OWN, *FURTHER.get(PEER, [])]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
PROCRASTINATE_IMPORT_PATHS = ["peershop.by_procrastinate"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
