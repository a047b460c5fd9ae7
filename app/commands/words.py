"""Errors as one line for the command line, saying what to do."""

from app.errors import (
    CardUnreadable,
    HostFailed,
    InvalidAddress,
    KithError,
    Refused,
    SignedOut,
    StoreDamaged,
    Unreachable,
)


def sentence(error: KithError) -> str:
    """Say what happened and what to do next."""
    match error:
        case CardUnreadable():
            line = f"cannot read {error.path}: {error.reason}"
        case InvalidAddress():
            line = f"{error.text!r} is not an address ({error.reason})"
        case Unreachable():
            line = f"cannot reach the service ({error.detail}); check the address and try again"
        case SignedOut():
            line = "the service does not accept this token; ask its operator for a new one"
        case Refused():
            line = f"the service refused: {error.detail}"
        case StoreDamaged():
            line = f"{error.path} does not open ({error.detail}); move it away to start afresh"
        case HostFailed():
            line = f"the embedded service did not start: {error.detail}"
        case _:
            line = str(error)
    return line
