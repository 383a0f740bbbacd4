"""The desk's own settings, with what a test needs set before they are read.

PostgreSQL where `SHOP_TEST_DATABASE_URL` names one (`bin/test` starts one), else SQLite for a quick look.
"""

import atexit
import os
import shutil
import tempfile

_var = tempfile.mkdtemp(prefix="order-desk-tests-")
atexit.register(shutil.rmtree, _var, ignore_errors=True)
os.environ.update(
    {
        "SHOP_ENV_FILE": "",
        "SHOP_VAR_DIR": _var,
        "SHOP_SECRET_KEY": "only-for-tests",
        "SHOP_ORDER_STEPS": "sap,marketing,printing",
        "SHOP_DATABASE_URL": os.environ.get("SHOP_TEST_DATABASE_URL", ""),
        "SHOP_BROKER_URL": "",
        # Destinations that nobody serves: a test that means to send starts a server of its own.
        "SHOP_SAP_URL": "http://127.0.0.1:9/sap/opu/odata/sap/API_SALES_ORDER_SRV/",
        "SHOP_SAP_CLIENT": "100",
        "SHOP_SAP_USER": "TEST",
        "SHOP_SAP_PASSWORD": "only-for-tests",
        "SHOP_SAP_SALES_ORGANIZATION": "1710",
        "SHOP_SAP_DISTRIBUTION_CHANNEL": "10",
        "SHOP_SAP_DIVISION": "00",
        "SHOP_SAP_SOLD_TO": "17100001",
        "SHOP_SAP_REQUEST_LIMIT_SECONDS": "5",
        "SHOP_MARKETING_URL": "http://127.0.0.1:9",
        "SHOP_MARKETING_WRITE_KEY": "only-for-tests",
    }
)

from shop.settings import *  # noqa: E402, F403
from shop.settings import DATABASE_EMBEDDED, DATABASES, VAR_DIR  # noqa: E402

# The default is slow on purpose; tests make many users.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASE_EMBEDDED:
    # A file, as in the embedded default: in memory, threads would share one connection.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
