import pytest

from shop.operations.traffic.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.1", "127.1"])
def test_addresses_of_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["192.168.1.7", "8.8.8.8", "10.0.0.1", "::", "127.0.0.1.nip.invalid", "", "a" * 70, "a..b"]
)
def test_all_others_are_not(host: str) -> None:
    assert not is_loopback(host)
