"""docs/security.md says who may do what, and says it as the product does it."""

from __future__ import annotations

from rj_engine import bpmn, commands
from rj_engine.people.staff import EVERYBODY
from tests import whole_product
from tests.security import document

NOT_OF_A_ROLE = {
    "fire": "the clock",
    "deliver": "the clock",
    "prove": "the clock",
    "migrate": "the clock",
    "sweep_trials": "the clock",
    "resume_after_restore": "the operator",
    "rebuild_inbox": "the operator",
    "add_service": "the operator",
}


def roles_table() -> str:
    """Verbs down, roles across."""
    roles = bpmn.roles()["roles"]
    lines = ["| verb | in words | " + " | ".join(role["label"] for role in roles.values()) + " |"]
    lines.append("|---|---|" + "---|" * len(roles))
    for verb, words in bpmn.roles()["verbs"].items():
        may = ["yes" if verb in role["verbs"] else "" for role in roles.values()]
        lines.append(f"| `{verb}` | {words} | " + " | ".join(may) + " |")
    return "\n".join(lines)


def lanes_table() -> str:
    """Whose tasks each role may work."""
    known = bpmn.roles()
    labels = {name: role["label"] for name, role in known["roles"].items()}
    rows = [
        f"| {lane['label']} | {', '.join(labels[role] for role in lane['roles'])} |" for lane in known["lanes"].values()
    ]
    return "\n".join(["| lane | worked by |", "|---|---|", *rows])


def commands_table() -> str:
    """Every command with its verb, by whom it may be given, and what it does."""
    whole_product.imported()
    kinds = {kind.__name__: kind for kind in commands._handlers}
    lines = ["| command | verb | who | what it does |", "|---|---|---|---|"]
    for name, verb in sorted(commands.registered().items()):
        what = (kinds[name].__doc__ or "").strip().splitlines()[0]
        lines.append(f"| `{name}` | `{verb}` | {who(verb)} | {what} |")
    return "\n".join(lines)


def who(verb: str) -> str:
    """The roles that have a verb, by their labels."""
    if verb in EVERYBODY:
        return "everybody who signs in"
    found = [role["label"] for role in bpmn.roles()["roles"].values() if verb in role["verbs"]]
    return ", ".join(found) or NOT_OF_A_ROLE[verb]


def test_the_page_tells_what_each_role_may_do() -> None:
    document.same_as_written("roles", roles_table())


def test_the_page_tells_whose_tasks_each_role_works() -> None:
    document.same_as_written("lanes", lanes_table())


def test_the_page_tells_every_command_and_its_verb() -> None:
    document.same_as_written("commands", commands_table())


def test_every_verb_of_a_role_is_explained() -> None:
    known = bpmn.roles()
    used = {verb for role in known["roles"].values() for verb in role["verbs"]}
    assert used == set(known["verbs"])


def test_somebody_of_every_lane_may_take_and_finish_its_tasks() -> None:
    known = bpmn.roles()
    idle = {
        f"{role} in {lane}"
        for lane, told in known["lanes"].items()
        for role in told["roles"]
        if not {"see_case", "claim_task", "complete_task", "save_draft"} <= set(known["roles"][role]["verbs"])
    }
    assert idle == set()


def test_whoever_works_on_cases_may_see_them() -> None:
    of_cases = {"complete_task", "claim_task", "release_task", "assign_task", "save_draft", "withdraw_party"}
    roles = bpmn.roles()["roles"]
    assert [
        name for name, role in roles.items() if of_cases & set(role["verbs"]) and "see_case" not in role["verbs"]
    ] == []
