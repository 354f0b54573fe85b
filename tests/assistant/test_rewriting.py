"""Follow-ups rewritten by an endpoint: only if set, only what leans, and never the worse for its failures."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, rewriting
from assistant.follow_up import self_contained
from assistant.rewriting import rewritten
from corpus import Source
from index import Library
from index.embedding import Embedder
from index.settings import FollowUps

HISTORY = ["Does Botox help IBM swallowing?"]
WHOLE = "Is Botox for swallowing in IBM safe at 78?"


@dataclass
class Endpoint:
    """A real server on loopback; `reply` is what it sends, after `delay` seconds."""

    url: str = ""
    status: int = 200
    reply: bytes = b""
    delay: float = 0.0
    asked: list[tuple[str, str | None, Any]] = field(default_factory=list)

    def says(self, content: object) -> None:
        self.reply = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state.asked.append((self.path, self.headers.get("authorization"), json.loads(body)))
            try:
                self.send_response(state.status)
                self.end_headers()
                for first in range(0, len(state.reply), 10_000 if not state.delay else 1):
                    time.sleep(state.delay / len(state.reply))
                    self.wfile.write(state.reply[first : first + (10_000 if not state.delay else 1)])
            except OSError:
                pass  # the other side has lost its patience

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_question_that_leans_is_rewritten(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "sesame")
    endpoint.says(f" {WHOLE}\n")
    settings = FollowUps(endpoint=endpoint.url, model="small", api_key_env="A_KEY")
    assert rewritten("Is that safe for him? He is 78.", HISTORY, settings) == WHOLE
    ((path, key, asked),) = endpoint.asked
    assert (path, key, asked["model"]) == ("/v1/chat/completions", "Bearer sesame", "small")
    assert HISTORY[0] in asked["messages"][-1]["content"]


def test_a_reply_may_spell_the_name_of_the_disease_out(endpoint: Endpoint) -> None:
    endpoint.says("What is inclusion body myositis?")
    assert (
        rewritten("And what is that?", ["They say IBM."], FollowUps(endpoint=endpoint.url)) == "What is inclusion body myositis?"
    )


@pytest.mark.parametrize(
    ("question", "history"),
    [("Is that safe?", []), ("Is that safe?", [" "]), ("Which brace helps with a dropping foot?", HISTORY)],
)
def test_a_question_that_stands_alone_is_not_sent(endpoint: Endpoint, question: str, history: list[str]) -> None:
    endpoint.says(WHOLE)
    assert rewritten(question, history, FollowUps(endpoint=endpoint.url)) is None
    assert endpoint.asked == []
    assert rewritten("Is that safe?", HISTORY, FollowUps()) is None


@pytest.mark.parametrize(
    ("status", "reply"),
    [
        (500, b"{}"),
        (200, b""),
        (200, b"not json"),
        (200, b"[]"),
        (200, b'{"choices": []}'),
        (200, json.dumps({"choices": [{"message": {"content": None}}]}).encode()),
        (200, json.dumps({"choices": [{"message": {"content": "\ud800 Botox?"}}]}).encode()),
        (200, json.dumps({"choices": [{"message": {"content": ""}}]}).encode()),
        (200, json.dumps({"choices": [{"message": {"content": "Who won the world cup?"}}]}).encode()),
        (200, json.dumps({"choices": [{"message": {"content": f"{WHOLE} " * 20}}]}).encode()),
        (200, b" " * 200_000),
    ],
)
def test_a_reply_of_no_use_is_dropped(endpoint: Endpoint, status: int, reply: bytes) -> None:
    endpoint.status, endpoint.reply = status, reply
    assert rewritten("Is that safe for him?", HISTORY, FollowUps(endpoint=endpoint.url)) is None
    assert len(endpoint.asked) == 1


def test_a_reply_that_trickles_in_is_not_waited_for(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "PATIENCE", 0.3)
    endpoint.says(WHOLE)
    endpoint.delay = 2.0
    began = time.monotonic()
    assert rewritten("Is that safe?", HISTORY, FollowUps(endpoint=endpoint.url)) is None
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://[::1", "https://no.such.host.invalid/v1"])
def test_an_endpoint_that_is_not_there_is_no_trouble(url: str) -> None:
    assert rewritten("Is that safe?", HISTORY, FollowUps(endpoint=url)) is None


def test_an_answer_is_searched_with_the_rewriting_or_else_in_the_built_in_way(
    endpoint: Endpoint, embedder: Embedder, tmp_path: Path
) -> None:
    (tmp_path / "botox.md").write_text("# Botox for swallowing\n\nBotox for swallowing was given to people of 78 years.\n")
    folder = tmp_path / "library"
    Library.open(folder, embedder=embedder).close()
    (folder / "settings.toml").write_text(f'[follow_ups]\nendpoint = "{endpoint.url}"\n')
    with Assistant(Library.open(folder, create=False, embedder=embedder)) as assistant:
        assistant.library.add([Source(str(tmp_path / "botox.md"))])
        endpoint.says(WHOLE)
        assert assistant.ask("Is that safe for him?", HISTORY).understood_as == WHOLE
        endpoint.status = 503
        built_in = self_contained("Is that safe for him?", HISTORY, embedder)
        assert assistant.ask("Is that safe for him?", HISTORY).understood_as == built_in != WHOLE
        endpoint.asked.clear()
        assert assistant.ask("And he is choking right now and can't breathe", HISTORY).status == "emergency"
        assert endpoint.asked == []
