"""What `myositis bench` compares with is a search that finds the same passages."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.timing import bench, plain_search
from index import Library


def test_the_plain_search_finds_what_the_library_finds_by_meaning(starter_library: Library) -> None:
    question = "Food gets stuck in the throat"
    scores, _ = plain_search(Assistant(starter_library))(question)
    vector = starter_library.embedder.encode_question(question)
    _, _, every = starter_library._store.vectors()
    assert scores[0][0] == pytest.approx((every @ vector).max(), abs=1e-3)
    assert scores[0][0] >= max(hit.dense for hit in starter_library.search(question, 60)) - 1e-3


def test_an_answer_costs_more_than_its_embedding_and_ratios_are_of_the_medians(starter_library: Library) -> None:
    result = bench(Assistant(starter_library), ["Can IBM affect breathing?", "What helps with swallowing?"])
    assert result["questions"] == 2
    assert result["answer_to_embedding"] > 1
    assert result["answer_to_embedding"] == pytest.approx(result["answer_cpu_ms"] / result["embedding_cpu_ms"], rel=0.05)
    assert result["answer_to_dense_search"] == pytest.approx(result["answer_cpu_ms"] / result["dense_search_cpu_ms"], rel=0.05)
