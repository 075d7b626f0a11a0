"""The system call filter, as assembled."""

from __future__ import annotations

import struct

import pytest

from quantdesk.sandbox import seccomp


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_well_formed_on_both_architectures(machine: str):
    code = seccomp.build(machine, 4242)
    instructions = list(struct.iter_unpack("=HBBI", code))
    assert len(instructions) < 4096
    for position, (operation, if_true, if_false, _value) in enumerate(instructions):
        if operation & 0x07 == 0x05:  # a jump
            assert position + 1 + max(if_true, if_false) < len(instructions)
    assert instructions[-1][0] == 0x06
