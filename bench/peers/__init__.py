"""What memdb is compared with, each through its own public interface, behind one set of operations."""
