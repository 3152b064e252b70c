"""What efibootmgr says, recorded of versions 16 to 18 after its documentation."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError
from pyinfra.facts.efibootmgr import EFIBootMgr

OLD = ["BootNext: 0002", "BootCurrent: 0001", "Timeout: 3 seconds", "BootOrder: 0001,000A",
       "Boot0000* Windows Boot Manager",
       "Boot0001* debian", "Boot0002  UEFI: a disk", "Boot000A* Net: work "]  # fmt: skip
NEW = ["BootCurrent: 0001", "Timeout: 1 second", "BootOrder: 0001,0000",
       "Boot0000  Old\tBBS(HDROM,,0x0)0000424f", "      dp: 05 01 09 00 / 7f ff 04 00",
       "Boot0001* debian\tHD(1,GPT,...)/File(\\EFI\\debian\\shimx64.efi)",
       "MirroredPercentageAbove4G: 0.00", "MirrorMemoryBelow4GB: false"]  # fmt: skip


def test_recorded_output() -> None:
    assert EFIBootMgr().process(OLD) == {
        "BootNext": 2, "BootCurrent": 1, "Timeout": 3, "BootOrder": [1, 10],
        "Entries": {0: (True, "Windows Boot Manager"), 1: (True, "debian"), 2: (False, "UEFI: a disk"),
                    10: (True, "Net: work")},
    }  # fmt: skip
    found = EFIBootMgr().process(NEW)
    assert found is not None
    assert found["Entries"] == {0: (False, "Old"), 1: (True, "debian")}
    assert (found["BootNext"], found["Timeout"]) == (None, 1)
    assert EFIBootMgr().process(["BootCurrent: 0001", "No BootOrder is set; firmware will attempt recovery"])
    assert EFIBootMgr().process([]) is EFIBootMgr().default() is None


@pytest.mark.parametrize("line", ["Boot device: x", "BootCurrent: x", "Timeout: soon", "BootOrder: 1", "x"])
def test_an_unexpected_line_is_a_value_error(line: str) -> None:
    with pytest.raises(ValueError, match="not understood") as caught:
        EFIBootMgr().process([*OLD, line])
    assert isinstance(caught.value, FactProcessError)


@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from([*OLD, *NEW]))))
def test_any_output_is_a_value_or_a_fact_process_error(lines: list[str]) -> None:
    with contextlib.suppress(FactProcessError):
        EFIBootMgr().process(lines)
