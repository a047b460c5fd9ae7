"""The command line: picks one command, runs it, and turns errors into one clear line."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final, Protocol

from app.commands.words import sentence, trouble
from app.errors import KithError

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

SUMMARIES: Final = {
    "window": "the desktop window (what ./kith alone does)",
    "demo": "the window on a small living world of its own",
    "desk": "for testers: a few people of a world side by side",
    "sync": "import address books and find out who is there",
    "watch": "one line for each live event",
    "check": "hold a table of who should see what against the service",
    "serve": "run the service",
    "test": "run every test",
}

EPILOG: Final = """\
exit codes: 0 done, 1 failed, 2 wrong usage
All state is kept in your data folder, or under $KITH_HOME where that is set.
Each command has its own --help."""


class Command(Protocol):
    """What each module in `app.commands` offers."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def main(argv: Sequence[str]) -> int:
    """Run one command; the answer is the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what this terminal cannot write
    try:
        options = parse(argv)
        code = command(options.command).run(options)
        print(end="", flush=True)
    except KithError as error:
        print(f"kith: {sentence(error)}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_standard_output()
        return FAILED
    except OSError as error:
        print(f"kith: {trouble(error)}", file=sys.stderr)
        _flush_or_forget()
        return FAILED
    return code


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the words of the command line; wrong ones end the program with code 2."""
    parser = argparse.ArgumentParser(
        prog="kith",
        description="A contacts client for messengers that shows who sees what of you, and why.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in SUMMARIES.items():
        one = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        if argv[:1] == [name]:  # only the chosen command is imported
            command(name).add_arguments(one)
    options, others = parser.parse_known_args(argv)
    if others and options.command != "test":
        parser.error(f"{options.command} does not know {' '.join(others)}")
    options.others = others
    options.argv = list(argv)
    return options


def command(name: str) -> Command:
    """Load one command by its name."""
    found: Command = import_module(f"app.commands.{name}")
    return found


def _flush_or_forget() -> None:
    """Write what is left, as far as that is possible."""
    try:
        print(end="", flush=True)
    except OSError:
        _forget_standard_output()


def _forget_standard_output() -> None:
    """Nothing takes our output any more; the interpreter must not complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
