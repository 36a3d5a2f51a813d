"""A chat with a LangChain model whose messages outlive it: with a fake model, on the embedded server.

    python examples/langchain_history.py

An example for another history, as PostgresChatMessageHistory, changes by its import and by how the history is made.
"""

from __future__ import annotations

import sys

from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import HumanMessage
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder

from memdb.adapters.langchain import MemdbChatMessageHistory

PROMPT = ChatPromptTemplate([("system", "You are a helper."), MessagesPlaceholder("messages")])


def answer(history: MemdbChatMessageHistory, model: FakeListChatModel, text: str) -> None:
    question = HumanMessage(text)
    reply = (PROMPT | model).invoke({"messages": [*history.messages, question]})
    # Both, or neither.
    history.add_messages([question, reply])


def main(dsn: str) -> list[str]:
    model = FakeListChatModel(responses=["Hello, Ada.", "You are Ada."])
    with MemdbChatMessageHistory.from_conn_string("ada", dsn) as history:
        answer(history, model, "I am Ada.")

    # Another process, as it were: nothing is left of the first but what it saved.
    with MemdbChatMessageHistory.from_conn_string("ada", dsn) as history:
        answer(history, model, "Who am I?")
        said = [message.text for message in history.messages]
    print("\n".join(said))
    return said


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/langchain")
