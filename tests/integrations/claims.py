"""The type of the fixture `claim_of`: gives the order a step of a name, and claims it."""

from collections.abc import Callable

from orders.steps import Claim

ClaimOf = Callable[[str], Claim]
