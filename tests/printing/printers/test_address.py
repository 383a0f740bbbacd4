"""Where a printer may be, asked in one place for the settings and the form."""

import pytest
from django.core.exceptions import ValidationError

from printing.models.printer import check_url
from printing.printers import schemes
from printing.printers.address import SCHEMES, check_address
from printing.printers.schemes import backend


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_scheme_leads_to_a_printer(scheme: str) -> None:
    url = f"{scheme}://host/printers/slips"
    check_address(url)
    assert backend(url)


def test_every_scheme_that_is_allowed_has_its_way_and_no_other_has_one() -> None:
    assert set(SCHEMES) == set(schemes.SCHEMES)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "slips",
        "http://host/p",
        "ipp:",
        "ipp://",
        "ipp://host:port/p",
        "ipp://a:b@host/p",
        "ipp://printer..lan/p",
        f"ipp://{'a' * 64}.lan/p",
        "ipp://host/my printer",
        "ipp://ho st/p",
        "ipp://host\x7f/p",
    ],
)
def test_an_address_that_is_none_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match="Write ipp://host/printers/NAME"):
        check_address(url)
    with pytest.raises(ValidationError, match="Write ipp://host/printers/NAME"):
        check_url(url)
