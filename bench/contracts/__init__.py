"""Interfaces of frameworks for agents, each with memdb's implementation and the one that it stands for, and how the two are compared."""
