"""What the scripts of the editors say stands in the catalogue, and is said in the language of the page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from rj_engine import web
from rj_engine.web.studio import editor_words
from tests.places import Product
from tests.studio.drawing import MANAGER, a_draft
from tests.web.browsing import a_browser

SCRIPTS: Final = Path(web.__file__).parent / "frontend" / "scripts" / "studio"
SAYS: Final = re.compile(r"""say\((?:"([^"]+)"|'([^']+)')""")
BESIDE: Final = re.compile(r"""(?:tell\(|textContent = |label: |words: |about: |said = )["`][A-Za-z]""")
"""Words that would reach somebody past the catalogue."""


def test_the_catalogue_holds_what_the_scripts_say_and_nothing_else() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SCRIPTS.rglob("*.js")]
    said = {one or other for text in texts for one, other in SAYS.findall(text)}

    assert said == set(editor_words.SAID)
    assert [found for text in texts for found in BESIDE.findall(text)] == []


def test_a_page_gives_its_scripts_only_words_that_its_language_has_others_for(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    page = a_browser(sqlite_product, MANAGER).get(f"/studio/drafts/{draft}/files/complaint.bpmn").text
    block = re.search(r'id="editor-words">(.*?)</script>', page)
    assert block is not None

    assert json.loads(block[1]) == {}
