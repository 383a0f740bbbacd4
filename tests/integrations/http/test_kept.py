"""A client is kept from task to task, one a thread."""

from concurrent.futures import ThreadPoolExecutor

from integrations.http.kept import kept


def connect(settings: str) -> list[str]:
    return [settings]


def other(settings: str) -> list[str]:
    return [settings]


def test_a_client_is_made_once() -> None:
    assert kept(connect, "a") is kept(connect, "a")


def test_new_settings_make_a_new_client() -> None:
    first = kept(connect, "a")
    assert kept(connect, "b") == ["b"]
    assert kept(connect, "a") is not first


def test_two_destinations_do_not_share_theirs() -> None:
    assert kept(connect, "a") is not kept(other, "a")


def test_two_threads_do_not_share_theirs() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(kept, connect, "a").result() is not kept(connect, "a")
