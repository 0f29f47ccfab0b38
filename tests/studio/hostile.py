"""Files that nobody means well with, made anew for each test: name, bytes."""
# ruff: noqa: E501 - one hostile file a line: it is read whole or not at all

from __future__ import annotations

import base64
import gzip
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = f'<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d">'
ASKED = 'camunda:formKey="referral" camunda:dueDate="first_contact"'
LANE = '<bpmn:laneSet id="lanes"><bpmn:lane id="lane_lead" name="Lead">{refs}</bpmn:lane></bpmn:laneSet>'


def process(inside: str, lanes: str = "", attributes: str = 'isExecutable="true"') -> str:
    """A diagram of one process named `odd`."""
    return f'{HEAD}<bpmn:process id="odd" name="Odd" {attributes}>{lanes}{inside}</bpmn:process></bpmn:definitions>'


def chain(*middle: str, ids: tuple[str, ...] = ("t",)) -> str:
    """Start, what stands between, end, joined in a row."""
    row = ["s", *ids, "e"]
    arrows = "".join(
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{one}" targetRef="{other}" />'
        for number, (one, other) in enumerate(itertools.pairwise(row))
    )
    return '<bpmn:startEvent id="s" name="S" />' + "".join(middle) + '<bpmn:endEvent id="e" name="E" />' + arrows


def task(kind: str = "userTask", inside: str = "", more: str = ASKED, identity: str = "t", name: str = "T") -> str:
    return f'<bpmn:{kind} id="{identity}" name="{name}" {more}>{inside}</bpmn:{kind}>'


def files() -> Iterator[tuple[str, bytes]]:
    """Every one of them; all are to be refused."""
    makers: tuple[Callable[[], Iterator[tuple[str, str | bytes]]], ...] = (
        entities, encodings, disguised, sizes, kinds, events, shapes, expressions, names, forms, decisions, file_names,
    )  # fmt: skip
    for maker in makers:
        for name, content in maker():
            yield name, content.encode() if isinstance(content, str) else content


def entities() -> Iterator[tuple[str, str | bytes]]:
    """External entities, laughs, blow-ups: of diagrams and of decisions."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    heads = {
        "file": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "http": '<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
        "ftp": '<!DOCTYPE d [<!ENTITY x SYSTEM "ftp://127.0.0.1/x">]>',
        "parameter": '<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>',
        "public": '<!DOCTYPE d PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd">',
        "system": '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">',
        "laughs": f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}<!ENTITY x "&l9;">]>',
        "quadratic": f'<!DOCTYPE d [<!ENTITY x "{"a" * 50_000}">]>',
        "empty": "<!DOCTYPE d>",
        "spaced": '<!  DOCTYPE d [<!ENTITY x "y">]>',
        "lower": '<!doctype d [<!ENTITY x "y">]>',
        "notation": '<!DOCTYPE d [<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "y" NDATA n>]>',
        "attlist": '<!DOCTYPE d [<!ATTLIST d a CDATA "x">]>',
    }
    body = process(chain(task(name="&x;")))
    for key, head in heads.items():
        yield f"entity_{key}.bpmn", f'<?xml version="1.0"?>{head}{body}'
        yield f"entity_{key}.dmn", f'<?xml version="1.0"?>{head}<definitions id="d">&x;</definitions>'
        yield f"entity_bom_{key}.bpmn", "\ufeff" + head + body
    yield "undeclared.bpmn", body
    yield "recursive.bpmn", '<!DOCTYPE d [<!ENTITY a "&b;"><!ENTITY b "&a;"><!ENTITY x "&a;">]>' + body


def encodings() -> Iterator[tuple[str, str | bytes]]:
    """What hides behind another alphabet."""
    good = process(chain(task()))
    for code in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp500"):
        yield f"code_{code.replace('-', '_')}.bpmn", f'<?xml version="1.0" encoding="{code}"?>{good}'.encode(code)
    for said in ("utf-7", "utf-16", "ibm037", "iso-8859-1", "windows-1252"):
        yield f"said_{said.replace('-', '_')}.bpmn", f'<?xml version="1.0" encoding="{said}"?>{good}'
    yield "latin.bpmn", good.replace("Odd", "Oddé").encode("latin-1")
    yield "nul.bpmn", good.replace("Odd", "Od\0d")
    yield "control.bpmn", good.replace("Odd", "Od\x08d")
    yield "overlong.bpmn", good.encode() + b"\xc0\xaf"
    yield "surrogate.bpmn", good.encode() + b"\xed\xa0\x80"


def disguised() -> Iterator[tuple[str, str | bytes]]:
    """Another kind of file under a diagram's name."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.bpmn", process(chain(task())))
    others: dict[str, str | bytes] = {
        "gzip": gzip.compress(process(chain(task())).encode()),
        "zip": zipped.getvalue(),
        "png": base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"),
        "pdf": "%PDF-1.7\n",
        "html": "<html><script>alert(1)</script></html>",
        "svg": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)" />',
        "json": "{}",
        "empty": "",
        "blank": " \n ",
        "text": "a pathway",
        "cut": process(chain(task()))[:-30],
        "two_roots": process(chain(task())) * 2,
        "no_process": f"{HEAD}</bpmn:definitions>",
        "no_namespace": process(chain(task())).replace("bpmn:", "").replace(f'xmlns:bpmn="{BPMN}"', ""),
        "other_namespace": process(chain(task())).replace(BPMN, "urn:other"),
        "xslt": '<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0" />',
        "xinclude": f'{HEAD}<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" /></bpmn:definitions>',
    }
    yield from ((f"really_{key}.bpmn", content) for key, content in others.items())
    yield "really_bpmn.dmn", process(chain(task()))
    yield "really_bpmn.form", process(chain(task()))


def sizes() -> Iterator[tuple[str, str | bytes]]:
    """Too large, too deep, too many."""
    good = process(chain(task()))
    yield "one_byte_more.bpmn", good + " " * (512 * 1024 + 1 - len(good))
    yield "large.dmn", " " * (512 * 1024 + 1)
    yield "large.form", json.dumps({"components": [], "x": "a" * 512 * 1024})
    yield "deep.bpmn", HEAD + "<bpmn:x>" * 5000 + "</bpmn:x>" * 5000 + "</bpmn:definitions>"
    yield "deep.form", '{"components": ' + "[" * 5000 + "]" * 5000 + "}"
    for count in (301, 1000, 3000):
        ids = tuple(f"t{number}" for number in range(count))
        yield f"tasks_{count}.bpmn", process(chain(*(task("task", more="", identity=one) for one in ids), ids=ids))
    nested = task(identity="inner")
    for level in range(12):
        nested = f'<bpmn:subProcess id="sub{level}" name="Sub">{nested}</bpmn:subProcess>'
    yield "nested.bpmn", process(nested)
    yield "attributes.bpmn", process("", attributes=" ".join(f'a{n}="x"' for n in range(20_000)))


def kinds() -> Iterator[tuple[str, str | bytes]]:
    """Elements that would run code, or that the engine would take for something else."""
    for kind in (
        "scriptTask", "serviceTask", "manualTask", "receiveTask", "task", "transaction", "adHocSubProcess",
        "complexGateway", "businessRuleTask", "callActivity", "inclusiveGateway",
    ):  # fmt: skip
        yield f"kind_{kind.lower()}.bpmn", process(chain(task(kind, more="")))
    listener = (
        '<bpmn:extensionElements><camunda:{0} class="java.lang.Runtime" event="start" /></bpmn:extensionElements>'
    )
    for word in (
        "executionListener",
        "taskListener",
        "connector",
        "formData",
        "inputOutput",
        "failedJobRetryTimeCycle",
    ):
        yield f"camunda_{word.lower()}.bpmn", process(chain(task(inside=listener.format(word))))
    for attribute in ("class", "delegateExpression", "expression", "type", "topic"):
        yield f"service_{attribute.lower()}.bpmn", process(chain(task("serviceTask", more=f'camunda:{attribute}="x"')))
    script = "<bpmn:script>__import__('os').system('id')</bpmn:script>"
    yield "script.bpmn", process(chain(task("scriptTask", script, 'scriptFormat="python"')))
    yield "store.bpmn", process(chain(task()) + '<bpmn:dataStoreReference id="store" name="Store" />')
    yield "event_sub.bpmn", process(chain(task()) + '<bpmn:subProcess id="sub" triggeredByEvent="true" />')
    yield "compensation.bpmn", process(chain(task(more=f'{ASKED} isForCompensation="true"')))


def events() -> Iterator[tuple[str, str | bytes]]:
    """Events that never come, or come in the wrong way."""
    for word in ("signal", "error", "escalation", "conditional", "compensate", "link", "cancel", "terminate"):
        catch = f'<bpmn:intermediateCatchEvent id="t" name="T"><bpmn:{word}EventDefinition id="x" /></bpmn:intermediateCatchEvent>'
        yield f"event_{word}.bpmn", process(chain(catch))
    for text in ("P14D", "now()", "R/PT0S", "", "no_such_clock", "__import__('os')"):
        timer = f"<bpmn:timerEventDefinition id='x'><bpmn:timeDuration>{text}</bpmn:timeDuration></bpmn:timerEventDefinition>"
        key = "".join(letter for letter in text.lower() if letter.isalnum()) or "none"
        yield (
            f"timer_{key}.bpmn",
            process(chain(f'<bpmn:intermediateCatchEvent id="t" name="T">{timer}</bpmn:intermediateCatchEvent>')),
        )


def shapes() -> Iterator[tuple[str, str | bytes]]:
    """Arrows that lead nowhere, or round and round."""
    start, end = '<bpmn:startEvent id="s" name="S" />', '<bpmn:endEvent id="e" name="E" />'
    arrow = '<bpmn:sequenceFlow id="{0}" sourceRef="{1}" targetRef="{2}" />'.format
    gate = '<bpmn:exclusiveGateway id="t" name="T?" default="f1" />'
    drawn = {
        "no_start": end,
        "no_end": start + task() + arrow("f0", "s", "t"),
        "two_starts": start + start.replace('"s"', '"s2"') + end + arrow("f0", "s", "e") + arrow("f1", "s2", "e"),
        "nothing": "",
        "unreachable": chain(task()) + task(identity="alone"),
        "dangling": start + end + arrow("f0", "s", "nowhere"),
        "from_nowhere": start + end + arrow("f0", "nowhere", "e"),
        "same_id": chain(task()) + task(),
        "itself": start + task("task", more="") + end + arrow("f0", "s", "t") + arrow("f1", "t", "t"),
        "round": start + gate + end + arrow("f0", "s", "t") + arrow("f1", "t", "t"),
        "two_out": chain(task()) + arrow("f9", "t", "e"),
        "two_between": start + gate + gate.replace('"t"', '"u"') + end + arrow("f0", "s", "t") + arrow("f1", "t", "u") + arrow("f2", "t", "u") + arrow("f3", "u", "e"),
        "calls_itself": chain('<bpmn:callActivity id="t" name="T" calledElement="odd" />'),
        "calls_nobody": chain('<bpmn:callActivity id="t" name="T" calledElement="nobody" />'),
        "no_lane": chain(task()),
        "strange_lane": LANE.format(refs="<bpmn:flowNodeRef>t</bpmn:flowNodeRef>").replace("lane_lead", "boss") + chain(task()),
        "not_executable": chain(task()),
    }  # fmt: skip
    for key, inside in drawn.items():
        yield (
            f"shape_{key}.bpmn",
            process(inside, attributes='isExecutable="false"' if key == "not_executable" else 'isExecutable="true"'),
        )
    yield (
        "shape_two_processes.bpmn",
        process(chain(task())).replace(
            "</bpmn:definitions>", '<bpmn:process id="other" isExecutable="true" /></bpmn:definitions>'
        ),
    )


def expressions() -> Iterator[tuple[str, str | bytes]]:
    """Conditions that are no FEEL, or ask for more than a condition may."""
    for number, text in enumerate((
        "__import__('os').system('id')", "#{x}", "1 +", "(((((", "lambda: 0; 1", "", "; drop table", "x = ",
    )):  # fmt: skip
        gate = '<bpmn:exclusiveGateway id="t" name="T?" default="f2" />'
        flows = (
            '<bpmn:sequenceFlow id="f0" sourceRef="s" targetRef="t" /><bpmn:sequenceFlow id="f2" sourceRef="t" targetRef="e" />'
            f'<bpmn:sequenceFlow id="f1" name="A" sourceRef="t" targetRef="e2"><bpmn:conditionExpression>{text.replace("<", "&lt;")}'
            "</bpmn:conditionExpression></bpmn:sequenceFlow>"
        )
        ends = '<bpmn:startEvent id="s" name="S" /><bpmn:endEvent id="e" name="E" /><bpmn:endEvent id="e2" name="E" />'
        yield f"condition_{number}.bpmn", process(ends + gate + flows)


def names() -> Iterator[tuple[str, str | bytes]]:
    """Ids that read like others (the second has a Cyrillic letter), and words that would be markup."""
    for number, identity in enumerate(
        ("Task_1", "t\u0430sk", "a b", "1t", "t-1", "t.1", "T", "x" * 300, "../../x", "t;drop")
    ):
        yield f"id_{number}.bpmn", process(chain(task(identity=identity), ids=(identity,)))
    for number, words in enumerate(("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "javascript:alert(1)", "")):
        yield f"words_{number}.bpmn", process(chain(task(name=words)) + task(identity="alone"))


def forms() -> Iterator[tuple[str, str | bytes]]:
    """Forms that ask in ways nobody could answer, or that would run."""

    def form(key: str, *components: Any, **more: Any) -> tuple[str, str]:
        return f"{key}.form", json.dumps({"type": "default", "id": key, "components": list(components), **more})

    field = {"type": "textfield", "key": "one", "label": "One"}
    yield form("f_script", {"type": "html", "content": "<script>alert(1)</script>"})
    yield form("f_iframe", {"type": "iframe", "url": "http://127.0.0.1"})
    yield form("f_image", {"type": "image", "source": "http://127.0.0.1/x.png"})
    yield form("f_button", {"type": "button", "action": "submit", "label": "Go"})
    yield form("f_js", {"type": "expression", "key": "x", "expression": "=1"})
    yield form("f_twice", field, field)
    for number, key in enumerate(("typename", "_x", "a b", "__class__", "", "if", "x" * 100, "command_id")):
        yield form(f"f_key_{number}", {**field, "key": key})
    yield form("f_hidden", {**field, "conditional": {"hide": "=1 +"}})
    yield form("f_no_label", {"type": "textfield", "key": "one"})
    yield form("f_many", *({**field, "key": f"k{number}"} for number in range(300)))
    yield form("f_pattern", {**field, "validate": {"pattern": "(a+)+$("}})
    yield "f_other_id.form", json.dumps({"type": "default", "id": "not_the_name", "components": [field]})
    yield "f_list.form", "[]"
    yield "f_text.form", '"form"'
    yield "f_cut.form", '{"components": ['


def decisions() -> Iterator[tuple[str, str | bytes]]:
    """Decisions that no engine could take, or that would call out."""
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="D" namespace="urn:d">'
    body = {
        "nothing": "",
        "java": '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic kind="Java" /></businessKnowledgeModel>',
        "broken": '<decision id="a" name="a"><literalExpression id="l"><text>1 +</text></literalExpression></decision>',
        "import": '<import name="x" namespace="urn:x" locationURI="http://127.0.0.1/x" importType="urn:y" />',
        "round": '<decision id="a" name="a"><informationRequirement id="r"><requiredDecision href="#a" /></informationRequirement></decision>',
        "dangling": '<decision id="a" name="a"><informationRequirement id="r"><requiredInput href="#x" /></informationRequirement></decision>',
        "policy": '<decision id="a" name="a"><decisionTable id="t" hitPolicy="WHATEVER"><output id="o" /></decisionTable></decision>',
    }
    yield from ((f"dmn_{key}.dmn", f"{head}{inside}</definitions>") for key, inside in body.items())


def file_names() -> Iterator[tuple[str, str | bytes]]:
    """Names that are places, or no names."""
    good = process(chain(task()))
    for name in (
        "../../etc/passwd.bpmn",
        "/x.bpmn",
        "x.exe",
        "x.bpmn.exe",
        ".bpmn",
        "a b.bpmn",
        "x.zip",
        "CON.bpmn ",
        "x.py",
    ):
        yield name, good
