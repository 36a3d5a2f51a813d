"""A LangGraph agent whose conversations outlive it: with a fake model, on the embedded server.

    python examples/langgraph_saver.py

Of an example for langgraph-checkpoint-postgres only the import has changed.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Any, TypedDict

from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AnyMessage
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages

from memdb.adapters.langgraph import MemdbSaver


class State(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]


def build(answers: list[str]) -> StateGraph[Any, Any, Any, Any]:
    model = GenericFakeChatModel(messages=iter([AIMessage(answer) for answer in answers]))

    async def answer(state: State) -> dict[str, Any]:
        return {"messages": [await model.ainvoke(state["messages"])]}

    builder = StateGraph(State)
    builder.add_node("answer", answer)
    builder.add_edge(START, "answer")
    return builder


async def main(dsn: str) -> list[str]:
    config: Any = {"configurable": {"thread_id": "ada"}}
    async with MemdbSaver.from_conn_string(dsn) as saver:
        await saver.setup()
        graph = build(["Hello, Ada."]).compile(checkpointer=saver)
        await graph.ainvoke({"messages": [("user", "I am Ada.")]}, config)

    # Another process, as it were: nothing is left of the first but what it saved.
    async with MemdbSaver.from_conn_string(dsn) as saver:
        graph = build(["You are Ada."]).compile(checkpointer=saver)
        state = await graph.ainvoke({"messages": [("user", "Who am I?")]}, config)
        print(f"{len([step async for step in graph.aget_state_history(config)])} steps of the thread are kept")
    said = [f"{message.type}: {message.content}" for message in state["messages"]]
    print("\n".join(said))
    return said


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/langgraph"))
