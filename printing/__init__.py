"""The warehouse: the pick slip, and how it gets onto paper."""

STEP = "printing"  # The step whose effect it is; `shop/settings.py` names the task.
