"""Customers that nobody is, and where they live: streets that every town has, e-mail addresses at example.com."""

from collections.abc import Mapping
from typing import Any


def _person(email: str, phone: str = "", **address: str) -> dict[str, Any]:
    """The fields of an order, beside the name. Phone numbers are those that are kept free for stories."""
    shipping: dict[str, Any] = {"address": address} | ({"phone": phone} if phone else {})
    return {"email": f"{email}@example.com", "shipping": shipping}


PEOPLE: Mapping[str, dict[str, Any]] = {
    "Helgi Möller": _person("helgi", line1="Laugavegur 3", postal_code="101", city="Reykjavík", country="IS"),
    "Łukasz Żółć": _person("lukasz", line1="ul. Długa 7/3", postal_code="00-238", city="Warszawa", country="PL"),
    "Ada Lovelace": _person(
        "ada", "+44 20 7946 0123", line1="12 Park Street", postal_code="SW1A 1AA", city="London", country="GB"
    ),
    "李小龙": _person("xiaolong", line1="南京东路 100 号", postal_code="200001", city="上海市", country="CN"),
    "Олег Петров": _person(
        "oleg", line1="ул. Пушкина, д. 10", line2="кв. 5", postal_code="101000", city="Москва", country="RU"
    ),
    "Grace Hopper": _person(
        "grace",
        "+1 202 555 0143",
        line1="1 Main Street",
        city="Arlington",
        state="VA",
        postal_code="22201",
        country="US",
    ),
    "محمد العلي": _person("mohammed", line1="شارع التحلية 12", postal_code="12241", city="الرياض", country="SA"),
    "김철수": _person("chulsoo", line1="세종대로 110", postal_code="04524", city="서울특별시 중구", country="KR"),
}
