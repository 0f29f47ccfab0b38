"""Regular expressions as XPath writes them, run so that no pattern can hold up a case."""

from __future__ import annotations

from functools import lru_cache

import re2

from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault


class Pattern:
    def __init__(self, code):
        self.code = code

    def is_found(self, text: str, run: Run) -> bool:
        run.spend(len(text) // 64)
        return self.code.search(text) is not None

    def replaced(self, text: str, replacement: str, run: Run) -> str:
        import re

        return self.code.sub(re.sub(r"\$(\d)", r"\\\1", replacement), text)

    def split(self, text: str, run: Run) -> list[str]:
        return self.code.split(text)


@lru_cache(maxsize=512)
def compiled(pattern: str, flags: str) -> Pattern:
    options = re2.Options()
    options.log_errors = False
    try:
        return Pattern(re2.compile(f"(?{flags}){pattern}" if flags else pattern, options))
    except re2.error as error:
        raise Fault("bad pattern") from error
