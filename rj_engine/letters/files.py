"""The files a letter can be made into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rj_engine.letters import pdf, word
from rj_engine.letters.document import Document


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file; `name` is what it is called when it leaves, and tells nobody anything."""

    media: str
    name: str
    made: Callable[[Document], bytes]


KINDS: Final[Mapping[str, Kind]] = {
    "pdf": Kind(pdf.MEDIA, "letter.pdf", pdf.made),
    "docx": Kind(word.MEDIA, "letter.docx", word.made),
}
