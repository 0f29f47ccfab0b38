"""Risk: assessments, their signatures, and the one gate that says whether contact may happen."""
