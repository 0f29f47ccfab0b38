"""Decisions: DMN 1.5 models, compiled once, that say what they decided and why. Knows nothing of the rest."""

from rj_engine.dmn.decided import Decided, FiredRow
from rj_engine.dmn.loading import load
from rj_engine.dmn.model import Model
from rj_engine.dmn.refusals import DecisionRefused, UnknownDecision

__all__ = ["Decided", "DecisionRefused", "FiredRow", "Model", "UnknownDecision", "load"]
