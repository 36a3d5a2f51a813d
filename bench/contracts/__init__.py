"""Interfaces of agent frameworks, each with memdb's implementation and the one that it replaces, and how the two are compared."""
