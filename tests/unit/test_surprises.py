"""What nobody expected is told by its kind and its place, never by its text."""

from app.surprises import innermost, report


def _stumble(whom: str) -> None:
    raise KeyError(whom)


def _caught(whom: str) -> Exception:
    try:
        _stumble(whom)
    except KeyError as error:
        return error
    raise AssertionError


def test_a_report_names_the_place_and_nobody() -> None:
    said = report(_caught("18005550001"))
    assert said.startswith("KeyError\n")
    assert "test_surprises.py:" in said
    assert "_stumble" in said
    assert "18005550001" not in said


def test_what_is_inside_of_a_group_is_told() -> None:
    group = ExceptionGroup("of Ana", [ExceptionGroup("of Bo", [_caught("Cy")]), ValueError("Dee")])
    assert [type(each) for each in innermost(group)] == [KeyError, ValueError]
    said = report(group)
    assert "KeyError" in said
    assert "ValueError" in said
    assert not any(name in said for name in ("Ana", "Bo", "Cy", "Dee"))
