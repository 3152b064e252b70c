"""The public surface is complete but for what is listed, and the lists are exactly right.

``python -m tests.surface`` prints what is missing and different, ``python -m tests.surface --update`` renews the list
of what is missing.
"""

from .compare import SURFACE, allowed_differences, allowed_missing, compare_all, unexpected


def test_surface():
    missing, different = compare_all()
    lines = unexpected(missing, allowed_missing())
    lines += unexpected(different, allowed_differences())
    details = [f"{module}.{name}: {text}" for module, names in different.items() for name, text in names.items()]
    assert not lines, "\n".join([*lines, "", *details])


def test_every_difference_has_a_reason():
    for module, names in allowed_differences().items():
        assert module in SURFACE
        for name, reason in names.items():
            assert len(reason) > 20, (module, name)
