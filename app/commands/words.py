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
    Untrusted,
)


def sentence(error: KithError) -> str:
    """Say what happened and what to do next."""
    match error:
        case CardUnreadable():
            line = f"cannot read {error.path}: {error.reason}"
        case InvalidAddress():
            line = f"{error.text!r} is not an address ({error.reason})"
        case Unreachable():
            line = _no_answer(error)
        case SignedOut():
            line = "the service does not accept this token; ask its operator for a new one"
        case Refused():
            line = f"the service refused: {error.detail}"
        case StoreDamaged():
            line = f"{error.path} does not open ({error.detail}); move it away to start afresh"
        case HostFailed():
            line = f"the service did not start: {error.detail}"
        case _:
            line = str(error)
    return line


def trouble(error: OSError) -> str:
    """Say what the computer refused, and where."""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or str(error) or type(error).__name__}"


def _no_answer(error: Unreachable) -> str:
    if isinstance(error, Untrusted):
        return (
            f"this server cannot prove to be the service ({error.detail}), so nothing was sent to "
            "it; check the address, or name its authority in SSL_CERT_FILE"
        )
    return f"cannot reach the service ({error.detail}); check the address and try again"
