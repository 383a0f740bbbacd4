"""Which SAP, which client, and how this shop's orders are to look there."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True)
class SapConfig:
    """Read from the settings at each use, so that a test (or a changed setting) gets a session of its own."""

    url: str  # The service's root, with a slash at its end.
    client: str  # sap-client, three digits; "" leaves it to the server.
    user: str
    password: str
    token_url: str
    client_id: str
    client_secret: str
    ca_file: str
    order_type: str
    sales_organization: str
    distribution_channel: str
    division: str
    sold_to: str  # The one-time customer every order is booked on.
    unit: str
    price_condition: str
    text_id: str
    text_language: str
    rejection_reason: str
    request_limit: timedelta  # How long SAP itself may go on working on a request we gave up.
    temporary_codes: frozenset[str]

    @classmethod
    def from_settings(cls) -> "SapConfig":
        return cls(
            url=settings.SAP_URL.rstrip("/") + "/",
            client=settings.SAP_CLIENT,
            user=settings.SAP_USER,
            password=settings.SAP_PASSWORD,
            token_url=settings.SAP_OAUTH_TOKEN_URL,
            client_id=settings.SAP_OAUTH_CLIENT_ID,
            client_secret=settings.SAP_OAUTH_CLIENT_SECRET,
            ca_file=settings.SAP_CA_FILE,
            order_type=settings.SAP_ORDER_TYPE,
            sales_organization=settings.SAP_SALES_ORGANIZATION,
            distribution_channel=settings.SAP_DISTRIBUTION_CHANNEL,
            division=settings.SAP_DIVISION,
            sold_to=settings.SAP_SOLD_TO,
            unit=settings.SAP_UNIT,
            price_condition=settings.SAP_PRICE_CONDITION,
            text_id=settings.SAP_TEXT_ID,
            text_language=settings.SAP_TEXT_LANGUAGE,
            rejection_reason=settings.SAP_REJECTION_REASON,
            request_limit=settings.SAP_REQUEST_LIMIT,
            temporary_codes=frozenset(settings.SAP_TEMPORARY_CODES),
        )
