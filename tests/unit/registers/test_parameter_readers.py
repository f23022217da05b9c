"""Which modules read a parameter: by its name, and by a name put together from the case's scheme."""

from __future__ import annotations

import pytest

from registers.parameters.readers import modules_of


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("dibao_mode", "registers/cases/services.py"),
        ("tekun_mode", "registers/cases/services.py"),
        ("tekun_total_limit_a", "registers/cases/services.py"),
        ("republicise_tekun", "registers/publicity/services.py"),
        ("publicity_length", "registers/publicity/services.py"),
        ("tekun_publicity_length", "registers/publicity/services.py"),
        ("tekun_end_publicity_length", "registers/publicity/services.py"),
        ("marginal_confirm_limit_delegated", "registers/cases/services.py"),
        ("court_name", "registers/notices/appeal.py"),
        ("digest_time", "engine/outbox/digest.py"),
    ],
)
def test_a_reader_is_found(name, module):
    assert module in modules_of(name)


def test_what_nobody_speaks_of_has_no_reader():
    assert modules_of("a_name_that_nobody_speaks_of") == ()
    assert modules_of("topup_average_rural") == ()
