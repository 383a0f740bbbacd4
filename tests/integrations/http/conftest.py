import pytest

from integrations.http.remote import Remote


@pytest.fixture
def remote() -> Remote:
    return Remote("SAP", secrets=["s3cret"])
