"""The variables that point a desk at a sandbox. These logins open nothing but the stand-ins."""

from dataclasses import dataclass

SAP_PATH = "/sap/opu/odata/sap/API_SALES_ORDER_SRV/"


@dataclass(frozen=True)
class Logins:
    """What the stand-ins let in."""

    user: str = "SANDBOX"
    password: str = "sandbox-only"  # noqa: S105 - opens the stand-in alone
    client: str = "100"
    sold_to: str = "17100001"
    write_key: str = "sandbox-only"


def environment(url: str, logins: Logins | None = None) -> dict[str, str]:
    """Every variable a desk needs to use the sandbox at `url`."""
    logins = logins or Logins()
    return {
        "SHOP_SAP_URL": url.rstrip("/") + SAP_PATH,
        "SHOP_SAP_CLIENT": logins.client,
        "SHOP_SAP_USER": logins.user,
        "SHOP_SAP_PASSWORD": logins.password,
        "SHOP_SAP_SALES_ORGANIZATION": "1710",
        "SHOP_SAP_DISTRIBUTION_CHANNEL": "10",
        "SHOP_SAP_DIVISION": "00",
        "SHOP_SAP_SOLD_TO": logins.sold_to,
        "SHOP_SAP_REQUEST_LIMIT_SECONDS": "5",
        "SHOP_MARKETING_URL": url.rstrip("/"),
        "SHOP_MARKETING_WRITE_KEY": logins.write_key,
    }
