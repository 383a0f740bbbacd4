"""Which actions take something away: their buttons are red, wherever they stand."""

TAKING_AWAY = {"cancel", "delete", "delete_selected", "revoke", "deactivate", "retire"}


def takes_away(action: str) -> bool:
    return action in TAKING_AWAY
