"""What needs a person, in one list: what the front page shows is what operators are told.

for need in needs():                # all there is
for need in needs(request.user):    # what this user may look at, his own first
"""

from shop.staff.needs import brokers, copies, destinations, messages, pick_lists, printers, workers
from shop.staff.needs.facts import Facts, read_facts
from shop.staff.needs.need import Action, Need, Part, Severity, User, may

__all__ = ["Action", "Facts", "Need", "Part", "Severity", "needs", "read_facts"]

CAUSES = (
    copies.needs, printers.needs, pick_lists.needs, destinations.needs, workers.needs, messages.needs, brokers.needs
)  # fmt: skip
ORDER = list(Severity)


def needs(user: User | None = None, facts: Facts | None = None) -> list[Need]:
    """What needs a person now, first what needs `user`; without a user, all of it.

    `facts` may have been read before.
    """
    now = facts or read_facts()
    found = [need for cause in CAUSES for need in cause(now) if may(user, need.look)]
    return sorted(found, key=lambda need: (not need.urgent_for(user), ORDER.index(need.severity)))
