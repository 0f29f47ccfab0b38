"""The journeys there are, and hands that go through the API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from rj_engine.demonstration import telling
from rj_engine.demonstration.journeys import Refusal
from rj_engine.demonstration.telling import Journey, Told
from tests.places import ApiClient, Product

HERE = Path(__file__).parent
FROM_THE_DEMONSTRATION = ("letter", "shuttle")
"""Journeys to the end that the demonstration tells already."""


def every_journey() -> Iterator[Journey]:
    """Every journey with an end, each variation by itself."""
    told = [telling.beginning(name) for name in FROM_THE_DEMONSTRATION]
    told += [json.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.json"))]
    for one in told:
        for variation in telling.variations(one):
            yield telling.whole(variation, find)


def find(name: str) -> Told:
    """A journey of the tests, or else of the demonstration."""
    path = HERE / f"{name}.json"
    told: Told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else telling.beginning(name)
    return told


@dataclass(slots=True)
class ApiHands:
    """Hands that know nothing but the HTTP API."""

    product: Product
    _clients: dict[str, ApiClient] = field(default_factory=dict)

    def refer(self, who: str, answers: Mapping[str, Any]) -> str:
        """POST /referrals."""
        answer = self._client(who).post("/referrals", answers=dict(answers))
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return str(answer.json["reference"])

    def complete(self, who: str, task_id: UUID, answers: Mapping[str, Any]) -> Refusal | None:
        """Open the task, then POST its answers."""
        client = self._client(who)
        assert client.get(f"/tasks/{task_id}").status_code == 200
        return self._outcome(client.post(f"/tasks/{task_id}/complete", answers=dict(answers)))

    def withdraw(self, who: str, reference: str, party: str, words: str) -> Refusal | None:
        """POST /cases/…/withdraw."""
        return self._outcome(self._client(who).post(f"/cases/{reference}/withdraw", party=party, words=words))

    def tell(self, who: str, reference: str, event: str, answers: Mapping[str, Any]) -> Refusal | None:
        """POST /cases/…/events."""
        told = {"event": event, "answers": dict(answers)}
        return self._outcome(self._client(who).post(f"/cases/{reference}/events", **told))

    def renew(self, who: str, reference: str) -> Refusal | None:
        """POST /cases/…/renew."""
        return self._outcome(self._client(who).post(f"/cases/{reference}/renew"))

    def _client(self, who: str) -> ApiClient:
        if who not in self._clients:
            self._clients[who] = self.product.api(who)
        return self._clients[who]

    @staticmethod
    def _outcome(answer: Any) -> Refusal | None:
        if answer.status_code == 200:
            return None
        assert 400 <= answer.status_code < 500, answer.get_data(as_text=True)
        return Refusal(answer.json["code"], answer.get_data(as_text=True))
