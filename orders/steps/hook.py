"""What goes on around each attempt at a step: nothing, unless traces are on, which put theirs here as a process starts.

A name to be replaced and no list of listeners: while it is off it costs a call of the standard library's nullcontext.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from orders.steps.claim import Claim

# It must not raise anything of its own: the attempt is made inside. `claim.told` has its outcome at the end.
around: Callable[[Claim], AbstractContextManager[object]] = nullcontext
