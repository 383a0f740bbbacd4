"""What a printer's IPP errors mean: RFC 8011, appendix B; https://www.iana.org/assignments/ipp-registrations."""

from orders.steps import NotYet, Permanent, StepError, UnknownOutcome
from printing.printers.backend import Busy

NOT_FOUND, GONE, VERSION_NOT_SUPPORTED = 0x0406, 0x0407, 0x0503
BUSY, INTERNAL, TOO_LARGE = 0x0507, 0x0500, 0x0408
CLIENT_ERRORS, ACCOUNTS = range(0x0400, 0x0500), range(0x041C, 0x0420)
NOT_NOW = {
    0x0401: "The printer does not let the order desk print.",
    0x0402: "The printer wants a logon that the order desk does not have.",
    0x0403: "The printer does not let the order desk print.",
    0x0405: "The printer did not wait for the whole slip.",
    NOT_FOUND: "There is no such print queue: is its address right?",
    GONE: "There is no such print queue any more: is its address right?",
    **dict.fromkeys(ACCOUNTS, "The printer keeps accounts, and lets the order desk print nothing (more)."),
    VERSION_NOT_SUPPORTED: "The printer speaks neither IPP 2.0 nor 1.1. Print to it through a CUPS queue.",
    0x0506: "The printer's queue takes no jobs at the moment.",
}


def refusal(status: int, *, has_number: bool = False) -> StepError:
    """An error in answer to Print-Job. It means that no job was made (RFC 8011, 4.2.1), unless it names one."""
    code = f"0x{status:04x}"
    if has_number:  # B.1.5.5: a paper jam while it took the job, say; the job may go on afterwards.
        return UnknownOutcome("The printer gave the slip a number, and then reported an error.", code=code)
    if status == BUSY:
        return Busy("The printer is busy with another job.", code=code)
    if status == INTERNAL:  # Nobody knows what it did before it failed.
        return UnknownOutcome("The printer failed while it took the slip.", code=code)
    if status in NOT_NOW:
        return NotYet(NOT_NOW[status], code=code)
    if status >= INTERNAL:
        return NotYet("The printer can't take jobs at the moment.", code=code)
    next_action = "See whether it can print PDF (a CUPS queue can), then send the step again."
    if status == TOO_LARGE:
        next_action = "It is too large: take a smaller SHOP_LOGO, or print through a CUPS queue; then send it again."
    return Permanent(f"The printer refuses the slip ({code}).", next_action=next_action, code=code)


def no_answer(status: int) -> StepError:
    """An error in answer to a question: nothing was sent to be printed."""
    code = f"0x{status:04x}"
    if status in NOT_NOW or status >= INTERNAL:
        return NotYet(NOT_NOW.get(status, f"The printer can't answer at the moment ({code})."), code=code)
    return Permanent(
        f"The printer does not answer what the order desk asks it ({code}).",
        next_action="See what it lets the order desk ask, or print to it through a CUPS queue.",
        code=code,
    )
