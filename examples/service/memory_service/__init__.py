"""An agent-memory service: FastAPI over memdb."""
