"""Reads boxed expressions and decision tables from XML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from rj_engine.dmn import elements
from rj_engine.dmn.table_parsing import table
from rj_engine.dmn.xml_reading import child, children, line_of, local, name_of, text_of
from rj_engine.errors import Finding

DEEPEST: Final = 40
"""Boxes within boxes; more than a person can read, fewer than would exhaust the stack."""

RESERVED: Final = frozenset({"true", "false", "null"})


class BoxedParser:
    """Turns XML into `elements`, noting in `findings` what cannot be read."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self._depth = 0
        self._readers: dict[str, Callable[[etree._Element], elements.Boxed]] = {
            "literalExpression": self._literal,
            "context": self._context,
            "list": self._list,
            "relation": self._relation,
            "functionDefinition": self.function,
            "invocation": self._invocation,
            "conditional": self._conditional,
            "filter": self._filter,
            "for": self._iteration,
            "some": self._iteration,
            "every": self._iteration,
            "decisionTable": self._table,
        }

    def note(self, code: str, message: str, element: etree._Element) -> None:
        """Keep a finding with its place."""
        self.findings.append(Finding(code, message, element=element.get("id"), line=line_of(element)))

    def logic(self, parent: etree._Element) -> elements.Boxed | None:
        """The expression inside `parent`, or None where there is none."""
        return next(self._boxes(parent), None)

    def needed(self, parent: etree._Element | None, within: etree._Element) -> elements.Boxed:
        """The expression inside `parent`; an empty box is null."""
        found = None if parent is None else self.logic(parent)
        return found or _nothing(within)

    def _boxes(self, parent: etree._Element) -> Iterator[elements.Boxed]:
        for one in children(parent, *self._readers):
            if self._depth >= DEEPEST:
                self.note("too_deep", f"Expressions are boxed more than {DEEPEST} deep.", parent)
                return
            self._depth += 1
            found = self._readers[local(one)](one)
            self._depth -= 1
            yield found

    def unary(self, parent: etree._Element, name: str) -> elements.Literal | None:
        """Unary tests such as allowed values, or None where none are given."""
        found = child(parent, name)
        text = (text_of(found) or "").strip()
        if found is None or not text:
            return None
        place = child(found, "text")
        return elements.Literal(
            text=text,
            element=found.get("id") or parent.get("id"),
            line=None if place is None else line_of(place),
            type_ref=None,
        )

    def function(self, element: etree._Element) -> elements.FunctionDefinition:
        """A function definition, or the encapsulated logic of a business knowledge model."""
        kind = element.get("kind", "FEEL")
        if kind != "FEEL":
            message = f"A function of kind {kind[:20]} runs outside FEEL and is never run."
            self.note("external_function", message, element)
        return elements.FunctionDefinition(
            parameters=tuple(self.variable(one) for one in children(element, "formalParameter")),
            body=self.needed(element, element),
            kind=kind,
            **_place(element),
        )

    def variable(self, element: etree._Element) -> elements.Variable:
        """A name and its type."""
        if not name_of(element):
            self.note("no_name", "Something here has no name.", element)
        if name_of(element) in RESERVED:
            self.note(
                "reserved_name",
                f"Nothing may be called {name_of(element)}: it would change what the word means.",
                element,
            )
        return elements.Variable(name_of(element), element.get("typeRef"))

    def _literal(self, element: etree._Element) -> elements.Literal:
        language = element.get("expressionLanguage") or ""
        if language and "feel" not in language.lower():
            self.note("other_language", f"The expression is written in {language[:60]}; only FEEL is read.", element)
        text = text_of(element)
        if text is None and child(element, "importedValues") is not None:
            self.note("imported_values", "Values imported from other files are not read.", element)
        place = child(element, "text")
        spot = _place(element)
        if place is not None:
            spot["line"] = line_of(place)
        return elements.Literal(text="null" if text is None or not text.strip() else text, **spot)

    def _context(self, element: etree._Element) -> elements.Context:
        entries = []
        for one in children(element, "contextEntry"):
            variable = child(one, "variable")
            named = None if variable is None else self.variable(variable)
            entries.append(elements.Entry(named, self.needed(one, one)))
        return elements.Context(entries=tuple(entries), **_place(element))

    def _list(self, element: etree._Element) -> elements.BoxedList:
        return elements.BoxedList(items=tuple(self._boxes(element)), **_place(element))

    def _relation(self, element: etree._Element) -> elements.Relation:
        columns = tuple(self.variable(one) for one in children(element, "column"))
        rows = []
        for row in children(element, "row"):
            cells = list(self._boxes(row))
            if len(cells) != len(columns):
                self.note("ragged_relation", f"A row has {len(cells)} cells for {len(columns)} columns.", row)
            nothing = [_nothing(row)] * (len(columns) - len(cells))
            rows.append((*cells[: len(columns)], *nothing))
        return elements.Relation(columns=columns, rows=tuple(rows), **_place(element))

    def _invocation(self, element: etree._Element) -> elements.Invocation:
        bindings = []
        for one in children(element, "binding"):
            parameter = child(one, "parameter")
            if parameter is None:
                self.note("no_name", "A binding has no parameter.", one)
            else:
                bindings.append((self.variable(parameter).name, self.needed(one, one)))
        return elements.Invocation(callee=self.needed(element, element), bindings=tuple(bindings), **_place(element))

    def _conditional(self, element: etree._Element) -> elements.Conditional:
        return elements.Conditional(
            condition=self.needed(child(element, "if"), element),
            then=self.needed(child(element, "then"), element),
            otherwise=self.needed(child(element, "else"), element),
            **_place(element),
        )

    def _filter(self, element: etree._Element) -> elements.Filter:
        return elements.Filter(
            source=self.needed(child(element, "in"), element),
            match=self.needed(child(element, "match"), element),
            **_place(element),
        )

    def _iteration(self, element: etree._Element) -> elements.Iteration:
        source = child(element, "in")
        body = child(element, "return") if local(element) == "for" else child(element, "satisfies")
        if not name_of(element, "iteratorVariable"):
            self.note("no_name", "The iterator has no name.", element)
        return elements.Iteration(
            kind=local(element),
            variable=name_of(element, "iteratorVariable"),
            variable_type=None if source is None else source.get("typeRef"),
            source=self.needed(source, element),
            body=self.needed(body, element),
            **_place(element),
        )

    def _table(self, element: etree._Element) -> elements.DecisionTable:
        return table(self, element)


def _nothing(within: etree._Element) -> elements.Literal:
    return elements.Literal(text="null", element=within.get("id"), line=line_of(within))


def _place(element: etree._Element) -> elements.Place:
    return {"element": element.get("id"), "line": line_of(element), "type_ref": element.get("typeRef")}
